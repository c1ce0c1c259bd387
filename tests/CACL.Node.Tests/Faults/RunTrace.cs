using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Node.Explain;
using CACL.Runs.Folder;

namespace CACL.Node.Tests.Faults;

/// <summary>What two trainings that computed the same have in common to the bit.</summary>
/// <param name="Weights">SHA-256 of each file of tensors of the last checkpoint: networks, optimiser, queues.</param>
/// <param name="Cursor">The last checkpoint's state: step, epoch, position, seed, counters, skipped steps.</param>
/// <param name="Figures">Of each recorded step what it computed, in the order of metrics.jsonl.</param>
/// <param name="Samples">Of each step its samples and the SHA-256 of their pixels, in order.</param>
/// <param name="Evaluations">Of each line of evaluations.jsonl what was judged and its scores, in order.</param>
internal sealed record RunTrace(
    IReadOnlyDictionary<string, string> Weights, string Cursor, IReadOnlyList<string> Figures, IReadOnlyList<string> Samples,
    IReadOnlyList<string> Evaluations)
{
    private static readonly string[] Judged =
        ["step", "dataset", "protocol", "variant", "fraction", "status", "miou", "macc", "aacc"];

    /// <summary>Reads a training that has ended.</summary>
    /// <param name="run">Its folder.</param>
    /// <param name="step">The step of its last checkpoint.</param>
    /// <param name="explained">Steps whose samples are listed.</param>
    /// <param name="replayed">One of them that is computed again, with the steps since the checkpoint before it, from the samples that are
    /// listed: only a training that was fed with these can have had its figures, to the bit. Null: none.</param>
    public static RunTrace Of(string run, int step, IEnumerable<int> explained, int? replayed = null)
    {
        var folder = Path.Combine(run, "checkpoints", $"step-{step:D8}");
        var weights = Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)
            .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
        var state = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "state.json")))!.AsObject();
        state.Remove("written");
        var figures = File.ReadLines(Path.Combine(run, RunFiles.Metrics)).Select(FiguresOf);
        var samples = explained.Select(number => SamplesOf(run, number, number == replayed));
        return new RunTrace(weights, state.ToJsonString(), [.. figures], [.. samples], EvaluationsOf(run));
    }

    /// <summary>Asserts that both are equal.</summary>
    public void AssertSame(RunTrace other, string what)
    {
        Assert.True(Figures.SequenceEqual(other.Figures), $"{what}: figures\n{Lines(Figures)}\n\n{Lines(other.Figures)}");
        Assert.True(Samples.SequenceEqual(other.Samples), $"{what}: samples\n{Lines(Samples)}\n\n{Lines(other.Samples)}");
        Assert.True(
            Evaluations.SequenceEqual(other.Evaluations), $"{what}: evaluations\n{Lines(Evaluations)}\n\n{Lines(other.Evaluations)}");
        Assert.True(Cursor == other.Cursor, $"{what}: state\n{Cursor}\n{other.Cursor}");
        Assert.True(
            Weights.SequenceEqual(other.Weights), $"{what}: weights\n{string.Join(' ', Weights)}\n{string.Join(' ', other.Weights)}");
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    // Without what depends on the clock.
    private static string FiguresOf(string line) => string.Join(
        ' ',
        JsonDocument.Parse(line).RootElement.EnumerateObject()
            .Where(figure => !figure.Name.EndsWith("_seconds", StringComparison.Ordinal))
            .Where(figure => figure.Name is not ("pairs_per_s" or "data_wait_share"))
            .Select(figure => $"{figure.Name}={figure.Value.GetRawText()}"));

    /// <summary>Returns the lines of evaluations.jsonl without what depends on the clock and on how often each was tried.</summary>
    public static IReadOnlyList<string> EvaluationsOf(string run)
    {
        var file = Path.Combine(run, RunFiles.Evaluations);
        return !File.Exists(file) ? [] : [.. File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement).Select(line =>
            string.Join(' ', Judged.Select(name => line.TryGetProperty(name, out var value) ? $"{name}={value.GetRawText()}" : "")))];
    }

    private static string SamplesOf(string run, int step, bool replays)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var request = new ExplainRequest(run, step, null, Json: true, replays, []);
        Assert.Equal(0, ExplainHandler.Run(request, new Dictionary<string, string>(), output, error));
        var explanation = JsonNode.Parse(output.ToString())!;
        Assert.True(!replays || (bool?)explanation["replay"]!["reproduced"] == true, $"step {step}: {explanation["replay"]}");
        return $"{explanation["sha256"]} {explanation["samples"]!.ToJsonString()}";
    }
}
