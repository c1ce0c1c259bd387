using System.Globalization;
using CACL.Data.Files;
using CACL.Learning.Networks;

namespace CACL.Learning.Weights.Import;

/// <summary>The result of an import: what it took, and what it left.</summary>
/// <param name="File">The file that was read.</param>
/// <param name="Format">Its format: safetensors, PyTorch zip, or PyTorch before 1.6.</param>
/// <param name="Backbone">The backbone that was found.</param>
/// <param name="Prefix">The prefix before torchvision's names.</param>
/// <param name="Types">Element types of the tensors taken, such as F32; several are joined by commas.</param>
/// <param name="Tensors">Number of tensors taken.</param>
/// <param name="Megabytes">Their size in the file, 10⁶ bytes.</param>
/// <param name="Left">The tensors that were not taken, and why.</param>
public sealed record ImportReport(
    string File, string Format, Backbone Backbone, string Prefix, string Types, int Tensors, double Megabytes,
    IReadOnlyList<SkippedTensors> Left);

/// <summary>
/// Takes a ResNet backbone out of a foreign file of weights (torchvision, MoCo, any program that keeps torchvision's names) and writes it
/// to a safetensors file for <c>--init-from</c>. Knows the formats of PyTorch and safetensors; executes nothing that a file contains.
/// </summary>
public static class BackboneImport
{
    /// <summary>Imports a file.</summary>
    /// <param name="path">A .pth, .pt, .pth.tar or .safetensors file.</param>
    /// <param name="output">The safetensors file to write.</param>
    /// <param name="prefix">The prefix before the names of the network to take; null: find it.</param>
    /// <param name="overwrite">Whether <paramref name="output"/> may be replaced.</param>
    /// <exception cref="TorchFileException">A PyTorch file contains more than weights, or is damaged.</exception>
    /// <exception cref="SafeTensorsException">A safetensors file is damaged.</exception>
    /// <exception cref="WeightsException">The file contains neither a ResNet-18 nor a ResNet-50, or the output cannot be
    /// written.</exception>
    public static ImportReport Import(string path, string output, string? prefix = null, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(output);
        AtomicWeightsFile.RequireFree(output, overwrite);
        using var source = Open(path);
        var backbone = Detect(source.Tensors, prefix);
        var network = NetworkShapes.Of(backbone).ToDictionary(t => t.Name, t => t.Shape);
        var selection = BackboneSelection.Of(path, source.Tensors, network, prefix);
        var tensors = Read(source, selection);
        var metadata = new Dictionary<string, string>
        {
            ["backbone"] = backbone.ToString().ToLowerInvariant(),
            ["imported_from"] = Path.GetFileName(path),
            ["imported_prefix"] = selection.Prefix,
        };
        AtomicWeightsFile.Write(
            output, overwrite, stream => SafeTensorsWriter.Write(stream, output, tensors.Select(FloatTensors.Item), metadata));
        return new ImportReport(
            path,
            source.Format,
            backbone,
            selection.Prefix,
            string.Join(", ", selection.Used.Select(t => t.Value.Type).Distinct()),
            tensors.Count,
            selection.Used.Sum(t => t.Value.Bytes) / 1e6,
            selection.Left);
    }

    /// <summary>Opens a file according to its first bytes, not its name.</summary>
    internal static IWeightsSource Open(string path)
    {
        if (Directory.Exists(path))
            throw new WeightsException(path,
                $"{path} is a folder. A checkpoint of this program needs no import: name it with --init-from.");
        if (!File.Exists(path)) throw new WeightsException(path, $"There is no file {path} to import. Check the name.");
        try
        {
            return TorchFormats.Of(path) != TorchFormat.None || !LooksLikeSafeTensors(path)
                ? TorchFile.Open(path)
                : new SafeTensorsSource(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException(path, $"{path} cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <summary>Returns whether the file has a header of less than 2³² bytes that begins with a brace.</summary>
    private static bool LooksLikeSafeTensors(string path)
    {
        using var stream = RegularFile.OpenRead(path);
        var head = new byte[9];
        return stream.ReadAtLeast(head, 9, throwOnEndOfStream: false) == 9 && head is [_, _, _, _, 0, 0, 0, 0, (byte)'{'];
    }

    // Only bottleneck blocks have a third convolution.
    private static Backbone Detect(IReadOnlyList<SourceTensor> tensors, string? prefix) =>
        tensors.Any(t => t.Name.EndsWith("layer1.0.conv3.weight", StringComparison.Ordinal) && (
            prefix is null || t.Name.StartsWith(prefix, StringComparison.Ordinal)))
            ? Backbone.ResNet50
            : Backbone.ResNet18;

    private static List<SnapshotTensor> Read(IWeightsSource source, BackboneSelection selection)
    {
        var read = source.Read([.. selection.Used.Select(t => t.Value)]);
        var tensors = selection.Used.Zip(read, (used, tensor) => tensor with { Name = used.Key }).ToList();
        foreach (var tensor in tensors)
        {
            var at = Array.FindIndex(tensor.Values, value => !float.IsFinite(value));
            if (at < 0) continue;
            throw new WeightsException(
                source.Path,
                string.Create(CultureInfo.InvariantCulture, $"{source.Path} cannot be started from: {selection.Prefix}{tensor.Name} holds "
                    + $"{tensor.Values[at]} (element {at}), which no training survives. Take another file."));
        }

        return tensors;
    }
}
