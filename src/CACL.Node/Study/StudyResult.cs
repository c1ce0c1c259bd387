using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Files;
using CACL.Learning.Evaluation.Confidence;
using CACL.Node.Ending;

namespace CACL.Node.Study;

/// <summary>A result of <c>cacl evaluate</c>: the object in its <c>result.json</c>.</summary>
/// <param name="Miou">mIoU, 0 to 1; null if it is undefined.</param>
/// <param name="Macc">mAcc, 0 to 1.</param>
/// <param name="Aacc">aAcc, 0 to 1.</param>
/// <param name="Iou">IoU of each class; null for one that does not occur.</param>
/// <param name="Classes">The classes' names.</param>
/// <param name="Seconds">Seconds that it took.</param>
/// <param name="Manifest">What was measured.</param>
internal sealed record StudyResult(
    double? Miou, double? Macc, double? Aacc, IReadOnlyList<double?> Iou, IReadOnlyList<string> Classes, double Seconds,
    JsonObject Manifest)
{
    private static readonly string[] Scores = ["miou", "macc", "aacc"];

    /// <summary>The 95 % intervals of miou, macc and aacc over the test images, as far as it has any.</summary>
    public IReadOnlyDictionary<string, Interval> Intervals { get; init; } = new Dictionary<string, Interval>();

    /// <summary>Name of its file.</summary>
    public const string FileName = "result.json";

    /// <summary>What must be equal for results to be comparable, as text: data set and protocol, with keys in order.</summary>
    public string Measure =>
        Canonical(new JsonObject { ["dataset"] = Manifest["dataset"]?.DeepClone(), ["protocol"] = Manifest["protocol"]?.DeepClone() });

    /// <summary>A short name for <see cref="Measure"/>.</summary>
    public string MeasureId => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Measure)))[..12];

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserException">The file is not a result.</exception>
    public static StudyResult Read(string file)
    {
        try
        {
            var o = JsonNode.Parse(RegularFile.ReadAllText(file))!.AsObject();
            return new StudyResult(
                Number(o["miou"]), Number(o["macc"]), Number(o["aacc"]),
                [.. o["iou"]!.AsArray().Select(Number)],
                [.. o["classes"]!.AsArray().Select(c => c!.GetValue<string>())],
                o["seconds"]!.GetValue<double>(),
                o["manifest"]!.AsObject())
            {
                Intervals = IntervalsOf(o["intervals"] as JsonObject),
            };
        }
        catch (Exception e)
            when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new UserException($"{file} is not the result of an evaluation: {e.Message} Delete its folder, and the study does that "
                + "evaluation again.", e);
        }
    }

    /// <summary>Returns the differences between two measures, one per line.</summary>
    public static IReadOnlyList<string> Difference(StudyResult one, StudyResult other)
    {
        var (a, b) = (Flat(one), Flat(other));
        return [.. a.Keys.Union(b.Keys).Where(k => a.GetValueOrDefault(k) != b.GetValueOrDefault(k)).Order(StringComparer.Ordinal)
            .Select(k => $"{k}: {a.GetValueOrDefault(k, "none")} and {b.GetValueOrDefault(k, "none")}")];
    }

    /// <summary>Returns a value as text in which the keys of objects are sorted.</summary>
    internal static string Canonical(JsonNode? node) => node switch
    {
        JsonObject o => $"{{{string.Join(",", o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(Canonical))}}}",
        JsonArray a => $"[{string.Join(",", a.Select(Canonical))}]",
        _ => node?.ToJsonString() ?? "null",
    };

    private static string Canonical(KeyValuePair<string, JsonNode?> property) =>
        $"{JsonValue.Create(property.Key)!.ToJsonString()}:{Canonical(property.Value)}";

    private static Dictionary<string, Interval> IntervalsOf(JsonObject? intervals) => Scores
        .Select(name => (Name: name, Ends: intervals?[name] as JsonArray)).Where(score => score.Ends is { Count: 2 })
        .ToDictionary(s => s.Name, s => new Interval(s.Ends![0]!.GetValue<double>(), s.Ends[1]!.GetValue<double>()));

    private static double? Number(JsonNode? node) => node?.GetValue<double>();

    private static Dictionary<string, string> Flat(StudyResult result)
    {
        var all = new Dictionary<string, string>();
        foreach (var part in new[] { "dataset", "protocol" }) Add(part, result.Manifest[part]);
        return all;

        void Add(string path, JsonNode? node)
        {
            if (node is JsonObject o)
            {
                foreach (var (key, value) in o) Add($"{path}.{key}", value);
            }
            else
            {
                all[path] = Canonical(node);
            }
        }
    }
}
