using System.Security.Cryptography;
using System.Text.RegularExpressions;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// Runs the program under languages that write 0,25 and −1 and years of another calendar, with their cultures restored, and checks that it
/// writes the same bytes as without them.
/// </summary>
public sealed partial class CultureTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private static readonly Lazy<string?> NoIcu = new(() =>
    {
        var (exit, output) = Cacl("de_DE", "--version");
        if (output.Contains("ICU", StringComparison.Ordinal)) return "There is no libicu: cultures cannot come back.";
        return exit == 0 ? null : output;
    });

    private static readonly string[] Languages = ["de_DE", "tr_TR", "sv_SE", "ar_SA"];

    /// <summary>The languages, of which the one with a comma in its numbers is tried in every test run.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => Languages.Select(language => new TheoryDataRow<string>(language)
    {
        Skip = language == "de_DE" ? null : LongTests.WhyNot("the same in another language"),
    });

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_is_said_does_not_depend_on_the_language(string language)
    {
        RequireIcu();
        MadeClips.Require();
        LabelledPictures.Write(runs.Folder("pictures"));
        string[][] lines =
        [
            ["videos", "scan", runs.Clips, "--catalog", runs.Folder("catalog.sqlite")],
            ["datasets", "check", "--dataset", "folder", "--data", runs.Folder("pictures")],
            ["segment", "--checkpoint", "none", "--classifier", "none", "--video", "none", "--opacity", "0.25"],
        ];
        foreach (var line in lines)
        {
            Cacl(null, line); // whatever is made only once exists from now on
            Assert.Equal(Said(Cacl(null, line)), Said(Cacl(language, line)));
        }
    }

    [Fact]
    public void What_is_trained_judged_and_explained_does_not_depend_on_the_language()
    {
        LongTests.Only("Five trainings, studies and explanations, one after another");
        RequireIcu();
        MadeClips.Require();
        LabelledPictures.Write(runs.Folder("pictures"));
        var usual = Everything(null);
        foreach (var language in Languages)
        {
            var here = Everything(language);
            Assert.Equal(usual.Keys, here.Keys);
            var others = usual.Where(u => u.Value != here[u.Key]).Select(u => $"{u.Key}:\n{u.Value}\n{language}:\n{here[u.Key]}").ToList();
            Assert.True(others.Count == 0, string.Join("\n\n", others));
        }
    }

    // Returns by name everything that a training, a study on a quarter of the labels and an explanation write and print.
    private SortedDictionary<string, string> Everything(string? language)
    {
        // Each language uses the same folders, since files name them.
        var (run, study, explained) = (runs.Folder("spoken"), runs.Folder("spoken-study"), runs.Folder("spoken-explained"));
        foreach (var folder in new[] { run, study, explained }.Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
        string[] settings = ["--set", "cacl.training.max-steps=2", "--set", "cacl.data.decoders=1", "--set", "cacl.http.enabled=false"];
        var train = runs.Train(run, settings);
        File.WriteAllText(
            runs.Folder("spoken.conf"),
            $$"""
            study {
              datasets = [{
                name = pictures, kind = folder, data = "{{runs.Folder("pictures")}}", variant = quick, protocol = limited, fraction = 0.5
              }]
              rows = [{ name = untrained, random = true }, { name = CACL, preset = "{{train[2]}}" }]
            }
            cacl {
              http.enabled = false
              training.max-steps = 1
              evaluation { device = cpu, threads = 1, limited.crop-size = 32, quick { limited-epochs = 1, image-size = 32 } }
            }
            """);
        var said = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in new[]
        {
            train,
            ["status", "--run", run],
            ["explain", "--run", run, "--step", "2", "--out", explained],
            ["study", runs.Folder("spoken.conf"), "--out", study],
        })
        {
            said[$"what {line[0]} says"] = Said(Cacl(language, line));
            Assert.StartsWith("0\n", said[$"what {line[0]} says"], StringComparison.Ordinal);
        }

        foreach (var file in new[] { run, study, explained }.SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories)))
        {
            // Logs depend on the order of threads; event files and catalogues contain the time in binary.
            if (Path.GetExtension(file) is ".log" or ".lock" or ".sqlite" || file.Contains("tfevents", StringComparison.Ordinal)) continue;
            var isText = Path.GetExtension(file) is ".json" or ".jsonl" or ".conf" or ".csv" or ".md";
            said[file] = isText ? Timeless(File.ReadAllText(file)) : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return said;
    }

    private static (int ExitCode, string Output) Cacl(string? language, params string[] arguments)
    {
        using var process = CaclProcess.StartWith(
            language is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["LC_ALL"] = $"{language}.UTF-8", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0" },
            arguments);
        return (process.WaitForExit(), process.Output);
    }

    private static void RequireIcu() => Assert.SkipUnless(NoIcu.Value is null, NoIcu.Value ?? "");

    private static string Said((int ExitCode, string Output) run) => $"{run.ExitCode}\n{Timeless(run.Output)}";

    // Replaces durations, times and free memory, in the form that a program independent of the language writes.
    private static string Timeless(string text)
    {
        var lines = Moments().Replace(text, "⌚").Split('\n');
        // The number of progress lines and their places depend on the clock; the last one is always there.
        var progress = lines.ToLookup(line => line.StartsWith("epoch ", StringComparison.Ordinal));
        return string.Join('\n', progress[false].Concat(progress[true].TakeLast(1)));
    }

    [GeneratedRegex(
        """
          \d{4}-\d\d-\d\d[T\ ]\d\d:\d\d (:\d\d(\.\d+)?)? (Z|[-+]\d\d:\d\d)?
        | \d+:\d\d:\d\d
        | \d+(\.\d+)?\ s\b
        | \d+(\.\d+)?\ GiB
        | \d+\.\d\ pairs/s\ \ waiting\ for\ data\ \d+\.\d\ %
        | (?<="(\w*[Ss]econds|pairs_per_s|data_wait_share)":\ ?)[-+0-9.eE]+
        | (?<=\|\ \d+\ \|\ )\d+\.\d+(?=\ \|$)   # a study's seconds a step
        | (?<=,)\d+(\.\d+)?(?=,,,,)             # an evaluation's in its table
        | (?<="state.json",\s+)"bytes":\ \d+,\s+"sha256":\ "[0-9a-f]+"
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Moments();
}
