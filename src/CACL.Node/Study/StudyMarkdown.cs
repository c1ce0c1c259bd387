using System.Globalization;
using System.Text;
using CACL.Configuration.Reading;
using CACL.Data.Wording;
using CACL.Learning.Evaluation.Confidence;
using CACL.Node.Display;
using CACL.Node.Settings;

namespace CACL.Node.Study;

/// <summary>
/// Writes a study's table, and how it came about, as Markdown. Values are percentages with one decimal, like the paper's.
/// </summary>
/// <param name="report">The state of the study.</param>
/// <param name="plots">Files of the plots.</param>
internal sealed class StudyMarkdown(StudyReport report, IReadOnlyDictionary<StudyDataSet, string> plots)
{
    private readonly StringBuilder _text = new();

    /// <summary>Returns the page.</summary>
    public string Render()
    {
        Line($"# {report.Plan.Title}");
        Line();
        if (!report.IsComplete) Line("**Not finished: what is missing below is still to come, or failed.**\n");
        foreach (var failure in report.Failures) Line($"- **Failed:** {failure.ReplaceLineEndings(" ")}");
        if (report.Failures.Count > 0) Line();
        foreach (var table in report.Tables) WriteTable(table);
        WriteMaking();
        return _text.ToString();
    }

    private void WriteTable(StudyTable table)
    {
        var set = table.DataSet;
        var share = set.Fraction is { } fraction ? $", {Percent.Short(fraction)} of the labels" : "";
        Line($"## {set.Name}: {set.Protocol} protocol, {set.Variant}{share}");
        Line();
        var rows = report.Plan.Rows;
        var paperMiou = rows.Any(r => r.Paper.GetValueOrDefault(set.Name)?.Miou is not null);
        var paperMacc = rows.Any(r => r.Paper.GetValueOrDefault(set.Name)?.Macc is not null);
        var seeds = table.Values.Where(v => v.Last).Select(v => v.Seed).OfType<ulong>().Distinct().Order().ToList();
        string[] head = [
            "row", .. Only(paperMiou, "paper mIoU"), .. Only(paperMacc, "paper mAcc"), "mIoU", "mAcc", "aAcc",
            .. seeds.Select(s => $"mIoU, seed {s}")];
        Line($"| {string.Join(" | ", head)} |");
        Line($"|---|{string.Concat(Enumerable.Repeat("---:|", head.Length - 1))}");
        foreach (var row in rows)
        {
            var last = table.Last(row);
            var paper = row.Paper.GetValueOrDefault(set.Name);
            string[] cells =
            [
                row.Name.Replace("|", "\\|", StringComparison.Ordinal), .. Only(paperMiou, Decimal(paper?.Miou)),
                .. Only(paperMacc, Decimal(paper?.Macc)),
                Mean(StudyTable.Percent(last, r => r.Miou)), Mean(StudyTable.Percent(last, r => r.Macc)),
                Mean(StudyTable.Percent(last, r => r.Aacc)),
                .. seeds.Select(s => Decimal(100 * last.FirstOrDefault(v => v.Seed == s)?.Result.Miou)),
            ];
            Line($"| {string.Join(" | ", cells)} |");
        }

        Line();
        Line(Explanation(table));
        WriteConfidence(table);
        WriteStrange(table);
        WriteSteps(table);
        if (plots.TryGetValue(set, out var plot)) Line($"![mIoU over steps]({plot})\n");
    }

    private static string Explanation(StudyTable table)
    {
        var counts = table.Values.Where(v => v.Last).GroupBy(v => v.Row).Select(g => g.Count()).Distinct().Order().ToList();
        if (counts.Count == 0) return "Nothing is measured yet.\n";
        var n = counts.Count == 1 ? $"n = {counts[0]}" : $"n = {counts[0]} to {counts[^1]}";
        var deviation = counts[^1] > 1
            ? $"Mean ± sample standard deviation over the seeds ({n})."
            : "One seed each: no deviation can be given.";
        return $"Percent. {deviation}\n";
    }

    private void WriteConfidence(StudyTable table)
    {
        if (report.Confidence is not { } confidence) return;
        var reference = report.Plan.Rows.Single(r => r.Name == report.Plan.CompareWith);
        var rows = report.Plan.Rows.Select(row => (Row: row, Found: confidence.Of(table, row, reference)))
            .Where(r => r.Found is not null).ToList();
        if (rows.Count == 0) return;
        var compared = rows.Any(r => r.Found!.More is not null);
        string[] head = ["row", "mIoU", "mAcc", "aAcc", .. Only(compared, $"mIoU more than {Cell(reference.Name)}")];
        Line($"| {string.Join(" | ", head)} |\n|---|{string.Concat(Enumerable.Repeat("---:|", head.Length - 1))}");
        foreach (var (row, found) in rows)
        {
            string[] cells = [
                Cell(row.Name), Ends(found!.Miou), Ends(found.Macc), Ends(found.Aacc), .. Only(compared, More(found))];
            Line($"| {string.Join(" | ", cells)} |");
        }

        Line($"\n{confidence.Explanation(compared)}\n");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Ends(Interval? interval) =>
        interval is { } i ? $"{Decimal(100 * i.Low)} to {Decimal(100 * i.High)}" : "";

    // In bold where zero is not within.
    private static string More(RowConfidence found)
    {
        if (found is not { More: { } more, MoreWithin: { } within }) return "";
        var mark = within.Contains(0) ? "" : "**";
        return $"{mark}{Signed(more)}{mark} ({Signed(within.Low)} to {Signed(within.High)})";

        static string Signed(double share) => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
    }

    private void WriteStrange(StudyTable table)
    {
        if (table.Strange.Count == 0) return;
        var names = table.Strange.Select(v => $"{v.Row.Name}{(v.Seed is { } s ? $" (seed {s}, step {v.Step})" : "")}");
        Line($"**Not comparable, so not in the table:** {string.Join(", ", names)}. What was measured differs:");
        Line();
        foreach (var line in table.Difference) Line($"- {line}");
        Line();
    }

    private void WriteSteps(StudyTable table)
    {
        var steps = table.Values.Where(v => v.Row.Source == StudySource.Training).Select(v => v.Step).Distinct().Order().ToList();
        if (steps.Count < 2) return;
        Line($"mIoU over steps:\n\n| row | {string.Join(" | ", steps.Select(s => $"{s:N0}"))} "
            + $"|\n|---|{string.Concat(Enumerable.Repeat("---:|", steps.Count))}");
        foreach (var row in report.Plan.Rows.Where(r => r.Source == StudySource.Training))
        {
            var curve = table.Curve(row).ToDictionary(p => p.Step, p => p.Miou);
            Line($"| {row.Name.Replace("|", "\\|", StringComparison.Ordinal)} | "
                + $"{string.Join(" | ", steps.Select(s => Mean(curve.TryGetValue(s, out var m) ? m : null)))} |");
        }

        Line();
    }

    private void WriteMaking()
    {
        Line("## How it was made\n");
        Line($"```\n{report.Command}\n```\n");
        foreach (var line in report.Machine) Line($"- {line}");
        var (trained, judged) = (report.Trainings.Sum(t => t.Finished.Seconds), Distinct().Sum(v => v.Result.Seconds));
        Line($"- Begun {Time(report.Began)}, this page {Time(report.Now)} UTC. {report.Trainings.Count} trainings took "
            + $"{ProgressText.Clock(TimeSpan.FromSeconds(trained))} of steps, {Distinct().Count()} evaluations "
            + $"{ProgressText.Clock(TimeSpan.FromSeconds(judged))}.");
        Line();
        if (report.Trainings.Count > 0)
        {
            Line("| training | steps | seconds a step |\n|---|---:|---:|");
            foreach (var (training, done) in report.Trainings)
                Line(string.Create(CultureInfo.InvariantCulture, $"| {training.Row.Name}, seed {training.Seed} | {done.Steps:N0} | "
                    + $"{(done.Steps > 0 ? done.Seconds / done.Steps : 0):0.###} |"));
            Line();
        }

        WriteSettings();
    }

    // Several rows may share one evaluation: step 0 of one seed is the same network in all of them.
    private IEnumerable<StudyValue> Distinct() =>
        report.Values.DistinctBy(v => (v.DataSet, v.Result.Manifest["checkpoint"]?["sha256"]?.ToString(), v.Result.Seconds));

    private void WriteSettings()
    {
        Line($"Study file `{report.Plan.File}`. Presets and what is changed in them:\n");
        foreach (var row in report.Plan.Rows)
        {
            var source = row.Source switch
            {
                StudySource.Random => $"an untrained {row.Backbone}",
                StudySource.Weights => $"`{row.Weights}` as it is",
                _ => $"`{FilePaths.Shown(row.Preset)}`{(row.Weights.Length > 0 ? $" from `{row.Weights}`" : "")}",
            };
            Line($"- {row.Name}: {source}{string.Concat(row.Settings.Select(s => $", `{Shown(s)}`"))}");
        }

        Line();
        var overridden = report.Plan.Overrides.Select(o => ConfigurationFiles.SplitOverride(o).Key).ToHashSet();
        string[] common = [
            .. report.Plan.Common.Where(s => !overridden.Contains(s.Key)).Select(Shown),
            .. report.Plan.Overrides.Select(o => $"{SecretSettings.Shown(o)}  # --set")];
        if (common.Length > 0) Line($"In all rows:\n\n```\n{string.Join('\n', common)}\n```");
        foreach (var table in report.Tables.Where(t => t.Values.Count > 0))
        {
            Line($"\nMeasured on {table.DataSet.Name} by:\n\n```json\n{table.Values[0].Result.Measure}\n```");
        }
    }

    private static string Shown(StudySetting setting) =>
        $"{setting.Key} = {(SecretSettings.IsSecret(setting.Key) ? SecretSettings.Hidden : setting.Value)}";

    private static string[] Only(bool wanted, string cell) => wanted ? [cell] : [];

    private void Line(string line = "") => _text.Append(line).Append('\n');

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Decimal(double? value) => value is { } v ? v.ToString("0.0", CultureInfo.InvariantCulture) : "";

    private static string Mean(Spread? spread) =>
        spread is not { } s ? "" : s.Deviation is { } d ? $"{Decimal(s.Mean)} ± {Decimal(d)}" : Decimal(s.Mean);
}
