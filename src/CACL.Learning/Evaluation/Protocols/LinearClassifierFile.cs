using System.Text.Json;
using CACL.Data.DataSets;
using CACL.Data.Wording;
using CACL.Learning.Networks;
using CACL.Learning.Weights;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// A trained linear classifier in a safetensors file: <c>classifier.weight</c> float32 [classes,C,1,1] and <c>classifier.bias</c> float32
/// [classes], for the backbone's raw features, and in the metadata what they belong to.
/// </summary>
/// <param name="Backbone">The backbone whose features it takes.</param>
/// <param name="Classes">Names and colours.</param>
/// <param name="Weight">classes × C, row-major.</param>
/// <param name="Bias">One for each class.</param>
/// <param name="DataSet">Description of the data set on which it was trained.</param>
/// <param name="CheckpointSha256">SHA-256 of the backbone's file.</param>
public sealed record LinearClassifierFile(
    Backbone Backbone, IReadOnlyList<ClassInfo> Classes, float[] Weight, float[] Bias, string DataSet, string CheckpointSha256)
{
    private const string Format = "cacl-classifier-1";

    /// <summary>Writes the file atomically.</summary>
    /// <exception cref="WeightsException">It cannot be written.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var classes = JsonSerializer.Serialize(Classes.Select(c => new ClassEntry(c.Name, [c.Red, c.Green, c.Blue])), Json);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["backbone"] = Backbone.ToString().ToLowerInvariant(),
            ["classes"] = classes,
            ["data_set"] = DataSet,
            ["checkpoint_sha256"] = CheckpointSha256,
        };
        SnapshotTensor[] tensors =
        [
            new("classifier.weight", [Classes.Count, Weight.Length / Classes.Count, 1, 1], Weight),
            new("classifier.bias", [Classes.Count], Bias),
        ];
        AtomicWeightsFile.Write(
            path, overwrite: true, stream => SafeTensorsWriter.Write(stream, path, tensors.Select(FloatTensors.Item), metadata));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SafeTensorsException">The file cannot be read, or is no classifier of this program.</exception>
    public static LinearClassifierFile Read(string path)
    {
        using var file = SafeTensorsReader.Open(path);
        var format = file.Metadata.GetValueOrDefault("format");
        if (format != Format)
            throw new SafeTensorsException(path, "metadata", $"its format is '{format ?? "not given"}', not '{Format}': it is not a linear "
                + $"classifier that {CommandLines.Evaluate} wrote");
        var backbone = file.Metadata.GetValueOrDefault("backbone") switch
        {
            "resnet18" => Backbone.ResNet18,
            "resnet50" => Backbone.ResNet50,
            var other => throw new SafeTensorsException(path, "metadata", $"backbone is '{other}', neither resnet18 nor resnet50"),
        };
        var classes = ReadClasses(path, file.Metadata.GetValueOrDefault("classes") ?? "");
        var (weight, bias) = (file["classifier.weight"], file["classifier.bias"]);
        Require(path, weight, [classes.Count, Networks.NetworkShapes.Channels(backbone), 1, 1]);
        Require(path, bias, [classes.Count]);
        return new LinearClassifierFile(
            backbone, classes, FloatTensors.Read(file, weight), FloatTensors.Read(file, bias),
            file.Metadata.GetValueOrDefault("data_set") ?? "", file.Metadata.GetValueOrDefault("checkpoint_sha256") ?? "");
    }

    private static List<ClassInfo> ReadClasses(string path, string text)
    {
        try
        {
            var entries = JsonSerializer.Deserialize<ClassEntry[]>(text, Json) ?? [];
            if (entries.Length == 0 || entries.Any(
                e => e?.Name is null || e.Color is not { Length: 3 } || e.Color.Any(v => v is < 0 or > 255)))
                throw new JsonException("not a list of names and colours");
            return [.. entries.Select(e => new ClassInfo(e.Name, (byte)e.Color[0], (byte)e.Color[1], (byte)e.Color[2]))];
        }
        catch (JsonException e)
        {
            throw new SafeTensorsException(path, "metadata", $"classes cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static void Require(string path, SafeTensorsEntry entry, long[] shape)
    {
        if (!entry.Shape.SequenceEqual(shape))
            throw new SafeTensorsException(path, $"tensor '{entry.Name}'",
                $"is {entry.Describe()} instead of [{string.Join(", ", shape)}]");
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private sealed record ClassEntry(string Name, int[] Color);
}
