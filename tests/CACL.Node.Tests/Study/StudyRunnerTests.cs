using CACL.Configuration.Keys;
using CACL.Data.Processes;
using CACL.Learning.Evaluation.Confidence;
using CACL.Node.Ending;
using CACL.Node.Settings;
using CACL.Node.Study;
using CACL.Testing;

namespace CACL.Node.Tests.Study;

public sealed class StudyRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.File("out");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_and_seeds_are_trained_and_judged_once_and_the_table_shows_them_beside_the_paper()
    {
        var programs = new StandInPrograms(Score);
        Assert.Equal(0, Study(programs).Exit);
        Assert.Equal(["global-seed0", "cacl-seed0", "global-seed1", "cacl-seed1"], programs.Trained);
        // There are two untrained networks, and three steps of each of four trainings.
        Assert.Equal(2 + (4 * 3), programs.Evaluated.Count);
        var page = File.ReadAllText(Path.Combine(Out, "study.md"));
        Assert.Contains("| untrained |  | 10.5 ± 0.7 | 20.5 ± 0.7 | 30.5 ± 0.7 | 10.0 | 11.0 |", page, StringComparison.Ordinal);
        Assert.Contains("| CACL | 38.2 | 40.5 ± 0.7 | 50.5 ± 0.7 | 60.5 ± 0.7 | 40.0 | 41.0 |", page, StringComparison.Ordinal);
        Assert.Contains("| CACL | 10.5 ± 0.7 | 20.5 ± 0.7 | 30.5 ± 0.7 | 40.5 ± 0.7 |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Not finished", page, StringComparison.Ordinal);
        var csv = File.ReadAllLines(Path.Combine(Out, "study.csv"));
        Assert.Equal(1 + 2 + (4 * 4), csv.Length);
        Each.Holds(csv, line => Assert.Equal(csv[0].Count(c => c == ','), line.Count(c => c == ',')));
        using var plot = SkiaSharp.SKBitmap.Decode(Path.Combine(Out, "miou.png"));
        Assert.Equal((1000, 560), (plot.Width, plot.Height));
        Assert.Equal(
            ["step-00000030"], Directory.GetDirectories(Path.Combine(Out, "runs", "cacl-seed0", "checkpoints")).Select(Path.GetFileName));
    }

    [Fact]
    public void What_is_finished_is_not_done_again_and_rows_and_seeds_may_come_later()
    {
        Study(new StandInPrograms(Score));
        var again = new StandInPrograms(Score);
        Assert.Equal(0, Study(again).Exit);
        Assert.Empty(again.Trained);
        Assert.Empty(again.Evaluated);
        Directory.Delete(Path.Combine(Out, "evaluations", "small-set", "cacl-seed1-step-30"), recursive: true);
        var more = new StandInPrograms(Score);
        Assert.Equal(0, Study(more, "study.seeds=[0,1,2]").Exit);
        Assert.Equal(["global-seed2", "cacl-seed2"], more.Trained);
        Assert.Equal(1 + 1 + (2 * 3), more.Evaluated.Count);
    }

    [Fact]
    public void Other_settings_are_refused_by_name_until_the_study_is_to_be_overwritten()
    {
        Study(new StandInPrograms(Score));
        var refused = Assert.Throws<UserException>(() => Study(new StandInPrograms(Score), "cacl.training.max-steps=60"));
        Assert.Contains("cacl.training.max-steps: 30 then, 60 now (2 rows)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--overwrite", refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            "data set data: not set then, voc",
            Assert.Throws<UserException>(() => Study(new StandInPrograms(Score), "study.datasets=[\"voc:/data\"]")).Message,
            StringComparison.Ordinal);
        var anew = new StandInPrograms(Score, steps: 60);
        Assert.Equal(0, Run(anew, true, "cacl.training.max-steps=60").Exit);
        Assert.Equal(4, anew.Trained.Count);
    }

    [Fact]
    public void A_row_whose_training_is_killed_is_told_by_the_signal()
    {
        var programs = new StandInPrograms(Score)
        {
            Fails = name => name.EndsWith("global-seed0", StringComparison.Ordinal),
            End = new ChildExit(128 + 9, []),
        };
        var failure = Assert.Throws<UserException>(() => Study(programs));
        const string words = "global, seed 0: the training failed: it was killed by signal 9 (SIGKILL)";
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_fails_is_told_and_the_others_go_on()
    {
        var programs = new StandInPrograms(Score) { Fails = name => name.EndsWith("global-seed0", StringComparison.Ordinal) };
        var failure = Assert.Throws<UserException>(() => Study(programs));
        const string words = "global, seed 0: the training failed: it ended with exit code 1: No space left on device";
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, programs.Trained.Count);
        var page = File.ReadAllText(Path.Combine(Out, "study.md"));
        Assert.Contains("**Failed:** global, seed 0", page, StringComparison.Ordinal);
        Assert.Contains("| CACL | 38.2 | 40.5 ± 0.7 |", page, StringComparison.Ordinal);
        var again = new StandInPrograms(Score);
        Assert.Equal(0, Study(again).Exit);
        Assert.Equal(["global-seed0"], again.Trained);
    }

    [Fact]
    public void Results_of_another_measure_do_not_stand_in_the_table()
    {
        var programs = new StandInPrograms(Score)
        {
            Manifest = (job, m) =>
            m["protocol"]!["epochs"] = job.Checkpoint.Contains("cacl-seed1", StringComparison.Ordinal) ? 4 : 3
        };
        var failure = Assert.Throws<UserException>(() => Study(programs));
        Assert.Contains("cannot be compared", failure.Message, StringComparison.Ordinal);
        var page = File.ReadAllText(Path.Combine(Out, "study.md"));
        Assert.Contains("| CACL | 38.2 | 40.0 |", page, StringComparison.Ordinal);
        Assert.Contains("CACL (seed 1, step 30)", page, StringComparison.Ordinal);
        Assert.Contains("- protocol.epochs: 3 and 4", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_of_the_test_images_give_the_rows_intervals_and_their_differences_to_a_row()
    {
        ImageCounts Counts(EvaluationJob job)
        {
            var counts = new ImageCounts(2);
            for (var i = 0; i < 30; i++)
            {
                var right = (long)(1000 * Score(job)) + (5 * i);
                counts.Add([right, 1000 - right, 0, 1000]);
            }

            return counts;
        }

        Assert.Equal(0, Study(new StandInPrograms(Score) { Counts = Counts }).Exit);
        var page = File.ReadAllText(Path.Combine(Out, "study.md"));
        Assert.Contains("| row | mIoU | mAcc | aAcc | mIoU more than untrained |", page, StringComparison.Ordinal);
        Assert.Matches(@"\| untrained \| \d+\.\d to \d+\.\d \| \d+\.\d to \d+\.\d \| \d+\.\d to \d+\.\d \|  \|\n", page);
        Assert.Matches(@"\| CACL \| .* \| \*\*\+30\.0\*\* \(\+\d+\.\d to \+\d+\.\d\) \|\n", page);
        Assert.Contains("by 1,000 bootstrap resamples.", page, StringComparison.Ordinal);
        // What was made before is only compared anew.
        Assert.Equal(0, Study(new StandInPrograms(Score), "study.compare-with=global").Exit);
        Assert.Matches(
            @"\| CACL \| .* \| 0\.0 \(0\.0 to 0\.0\) \|\n", File.ReadAllText(Path.Combine(Out, "study.md")));
        Assert.Equal(0, Study(new StandInPrograms(Score), "cacl.evaluation.bootstrap-resamples=0").Exit);
        Assert.DoesNotContain("resamples", File.ReadAllText(Path.Combine(Out, "study.md")).Split("## How")[0], StringComparison.Ordinal);
        var wrong = Assert.Throws<SettingsException>(() => Study(new StandInPrograms(Score), "study.compare-with=moco"));
        Assert.Contains("is moco, which is no row; there are untrained, global, CACL.", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_in_no_file_of_it_and_in_no_sentence()
    {
        var (exit, output) = Study(new StandInPrograms(Score), "cacl.http.token=geheim-2", "cacl.telemetry.otlp.headers=key=geheim-3");
        Assert.Equal(0, exit);
        Assert.DoesNotContain("geheim", output, StringComparison.Ordinal);
        Each.Holds(
            Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("geheim", File.ReadAllText(file), StringComparison.Ordinal));
        var page = File.ReadAllText(Path.Combine(Out, "study.md"));
        Assert.Contains("cacl.http.token=(kept secret)  # --set", page, StringComparison.Ordinal);
        Assert.Contains("cacl.logging.seq.api-key = (kept secret)", page, StringComparison.Ordinal);
        Assert.Equal("cacl.http=(kept secret)", SecretSettings.Shown("cacl.http={ token = geheim }"));
    }

    [Fact]
    public void A_folder_that_holds_something_else_is_left_alone()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "thesis.tex"), "");
        Assert.Contains(
            "thesis.tex", Assert.Throws<UserException>(() => Run(new StandInPrograms(Score), true)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Out, "thesis.tex")));
    }

    // The score rises by 10 points for ten steps and by a point for each seed; the untrained network has 10.
    private static double Score(EvaluationJob job)
    {
        if (job.Seed is { } seed) return 0.10 + (0.01 * seed);
        var run = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(job.Checkpoint)))!;
        return 0.10 + (0.01 * (run[^1] - '0')) + (0.01 * long.Parse(Path.GetFileName(job.Checkpoint).AsSpan(5)));
    }

    private (int Exit, string Output) Study(IStudyPrograms programs, params string[] set) => Run(programs, false, set);

    private (int Exit, string Output) Run(IStudyPrograms programs, bool overwrite, params string[] set)
    {
        File.WriteAllText(_folder.File("base.conf"), "");
        File.WriteAllText(
            _folder.File("study.conf"),
            """
            study {
              title = "A study"
              seeds = [0, 1]
              evaluate-every-steps = 10
              datasets = [{ name = "small set", kind = folder, data = /data/small, variant = quick }]
              rows = [
                { name = untrained, random = true }
                { name = global, preset = base.conf, settings.cacl.model.heads = [global] }
                { name = CACL, preset = base.conf, paper = 38.2 }
              ]
            }
            cacl.training.max-steps = 30
            cacl.logging.seq.api-key = geheim-1
            """);
        using var output = new StringWriter();
        var exit = StudySession.Run(
            new StudyRequest(_folder.File("study.conf"), Out, set, overwrite, "cacl study study.conf"), programs, output);
        return (exit, output.ToString());
    }
}
