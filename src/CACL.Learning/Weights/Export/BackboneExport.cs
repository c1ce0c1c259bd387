using System.Globalization;
using System.Security.Cryptography;
using CACL.Data.Files;
using CACL.Learning.Networks;

namespace CACL.Learning.Weights.Export;

/// <summary>The result of an export.</summary>
/// <param name="Source">The file that was read.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
/// <param name="Backbone">The backbone.</param>
/// <param name="Padding">Padding with which it was trained.</param>
/// <param name="Step">Training steps done; null where the file does not say.</param>
/// <param name="Heads">The heads that were written, too.</param>
/// <param name="Tensors">Number of tensors written.</param>
/// <param name="Megabytes">Their size, 10⁶ bytes.</param>
public sealed record ExportReport(
    string Source, string Sha256, Backbone Backbone, Padding Padding, long? Step, IReadOnlyList<HeadSpec> Heads, int Tensors,
    double Megabytes)
{
    /// <summary>See <see cref="BackboneFile.Instead"/>.</summary>
    public string? Instead { get; init; }
}

/// <summary>
/// Writes a trained backbone to a safetensors file with torchvision's names, which <c>torchvision.models.resnet18</c> and <c>resnet50</c>
/// load: all of their state dicts except <c>fc</c>.
/// </summary>
public static class BackboneExport
{
    /// <summary>Exports a backbone.</summary>
    /// <param name="path">See <see cref="BackboneFile.Find"/>.</param>
    /// <param name="output">The safetensors file to write.</param>
    /// <param name="momentumNetwork">Whether to take the momentum network instead of the online one, which the paper evaluates.</param>
    /// <param name="withHeads">Whether to write the heads, too, under METHOD.md's names.</param>
    /// <param name="overwrite">Whether <paramref name="output"/> may be replaced.</param>
    /// <exception cref="CheckpointException">The checkpoint is missing, incomplete or damaged.</exception>
    /// <exception cref="SafeTensorsException">The file breaks the format's rules.</exception>
    /// <exception cref="WeightsException">The checkpoint contains no such network, or the output cannot be written.</exception>
    public static ExportReport Export(
        string path, string output, bool momentumNetwork = false, bool withHeads = false, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        AtomicWeightsFile.RequireFree(output, overwrite);
        var found = BackboneFile.Find(path);
        var file = momentumNetwork ? KeyBeside(found.File) : found.File;
        if (withHeads && found.Heads.Count == 0)
            throw new WeightsException(file, $"{file} holds no heads. Leave --with-heads out, or name a checkpoint of a training.");
        var heads = withHeads ? found.Heads : [];
        var shapes = NetworkShapes.Of(found.Backbone, heads).ToDictionary(t => t.Name, t => t.Shape);
        var tensors = WeightsFile.LoadInitial(file, shapes).Tensors;
        var sha256 = Hash(file);
        var items = tensors.Select(FloatTensors.Item).Concat(tensors.Where(IsMean).Select(BatchCount)).ToList();
        var metadata = Metadata(found, sha256, momentumNetwork);
        if (heads.Count > 0) metadata["heads"] = string.Join(',', heads.Select(head => head.Name));
        AtomicWeightsFile.Write(output, overwrite, stream => SafeTensorsWriter.Write(stream, output, items, metadata));
        var bytes = items.Sum(i => i.Shape.Aggregate((double)i.Type.ElementSize(), (product, size) => product * size));
        return new ExportReport(file, sha256, found.Backbone, found.Padding, found.Step, heads, items.Count, bytes / 1e6)
        {
            Instead = found.Instead,
        };
    }

    /// <summary>
    /// Returns the call by which torchvision creates the network that these weights fit: strides and dilations are not part of a file of
    /// weights.
    /// </summary>
    public static string Loading(Backbone backbone) => backbone == Backbone.ResNet50
        ? "torchvision.models.resnet50(replace_stride_with_dilation=[False, True, True])"
        : "torchvision.models.resnet18(), then in layer3 and layer4 stride 1 everywhere (the downsample's too) and the 3x3 convolutions' "
            + "dilation and padding 1 in layer3.0, 2 in layer3.1 and layer4.0, 4 in layer4.1: "
          + "torchvision refuses replace_stride_with_dilation for basic blocks";

    private static Dictionary<string, string> Metadata(BackboneFile found, string sha256, bool momentumNetwork)
    {
        var metadata = new Dictionary<string, string>
        {
            // PyTorch's loaders look for this.
            ["format"] = "pt",
            ["backbone"] = found.Backbone.ToString().ToLowerInvariant(),
            ["network"] = momentumNetwork ? "key" : "query",
            ["padding"] = found.Padding.ToString().ToLowerInvariant(),
            ["output_stride"] = "8",
            ["load"] = Loading(found.Backbone),
            ["checkpoint_sha256"] = sha256,
        };
        if (found.Step is { } step) metadata["step"] = step.ToString(CultureInfo.InvariantCulture);
        return metadata;
    }

    private static string KeyBeside(string query)
    {
        var folder = Path.GetDirectoryName(query)!;
        if (!File.Exists(Path.Combine(folder, CheckpointFiles.Manifest)))
            throw new WeightsException(query, $"{query} is not in a checkpoint, so there is no key network beside it. Name a "
                + "checkpoint's folder, or leave --network out.");
        return CheckpointReader.Network(folder, CheckpointRole.Momentum).File
            ?? throw new WeightsException(query,
                $"The checkpoint {folder} is of a method without a key network. Leave --network out.");
    }

    private static string Hash(string file)
    {
        try
        {
            using var stream = RegularFile.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException(file, $"{file} cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static bool IsMean(SnapshotTensor tensor) => tensor.Name.EndsWith(".running_mean", StringComparison.Ordinal);

    /// <summary>
    /// Returns PyTorch's count of batches, which stands beside the statistics of each normalisation; with a fixed momentum it is never
    /// used.
    /// </summary>
    private static SafeTensorsItem BatchCount(SnapshotTensor mean) =>
        SafeTensorsItem.Of(mean.Name[..^"running_mean".Length] + "num_batches_tracked", SafeTensorsType.I64, [], new byte[8]);
}
