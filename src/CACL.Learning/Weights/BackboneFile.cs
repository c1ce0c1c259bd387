using System.Globalization;
using CACL.Learning.Networks;

namespace CACL.Learning.Weights;

/// <summary>The file of a trained network, and what is known about it before its tensors are read.</summary>
/// <param name="File">The safetensors file, absolute.</param>
/// <param name="Backbone">The backbone whose tensors it contains.</param>
/// <param name="Padding">Padding with which it was trained; zeros where nothing says otherwise.</param>
/// <param name="Step">Training steps done; null where the file does not mention a run.</param>
/// <param name="Heads">The heads that the file contains, in their method's order where that is known, else by name.</param>
public sealed record BackboneFile(string File, Backbone Backbone, Padding Padding, long? Step, IReadOnlyList<HeadSpec> Heads)
{
    /// <summary>If a run's <c>latest</c> is lost, what is wrong with it and which checkpoint is taken instead; otherwise null.</summary>
    public string? Instead { get; init; }

    /// <summary>
    /// Finds the network to which a path refers: the newest checkpoint of a run folder or of its folder of checkpoints, a checkpoint (its
    /// online network, verified against the checkpoint's manifest), or a safetensors file with torchvision's names, with or without a known
    /// prefix.
    /// </summary>
    /// <exception cref="CheckpointException">A checkpoint is missing, incomplete or damaged.</exception>
    /// <exception cref="WeightsException">There is no such file, or it contains neither a ResNet-18 nor a ResNet-50.</exception>
    /// <exception cref="SafeTensorsException">The file breaks the format's rules.</exception>
    public static BackboneFile Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            var (checkpoint, instead) = CheckpointFolder(full);
            return InCheckpoint(checkpoint, known: null) with { Instead = instead };
        }

        if (!System.IO.File.Exists(full))
            throw new WeightsException(full, $"There is no checkpoint {full}. Name a run folder, a checkpoint's folder or a .safetensors "
                + "file.");
        // A file of a checkpoint is recognised by its neighbours.
        var folder = Path.GetDirectoryName(full)!;
        var isOnline = System.IO.File.Exists(Path.Combine(folder, CheckpointFiles.Manifest))
            && Path.GetFileName(full) == CheckpointReader.OnlineName(folder);
        if (isOnline) return InCheckpoint(folder, full);
        return Alone(full, heads: null);
    }

    private static (string Folder, string? Instead) CheckpointFolder(string folder)
    {
        string[] stores = [folder, Path.Combine(folder, "checkpoints")];
        foreach (var place in stores.Select(store => Path.Combine(store, CheckpointFiles.Latest)).Prepend(folder))
        {
            var isCheckpoint = System.IO.File.Exists(Path.Combine(place, CheckpointFiles.Manifest))
                || System.IO.File.Exists(Path.Combine(place, CheckpointReader.OnlineName(place)));
            if (isCheckpoint) return (place, null);
        }

        foreach (var latest in stores.Select(LatestLink.In))
        {
            if (latest.Path is { } newest) return (newest, latest.Fault);
        }

        throw new CheckpointException(
            folder,
            $"{folder} holds no checkpoint: neither {CheckpointFile.Former[0].Name} with {CheckpointFiles.Manifest}, nor "
                + $"checkpoints/{CheckpointFiles.Latest}. Name a run folder, a checkpoint's folder or a .safetensors file.");
    }

    private static BackboneFile InCheckpoint(string folder, string? known)
    {
        var (online, state) = CheckpointReader.Network(folder, CheckpointRole.Online);
        if (online is null)
            throw new CheckpointException(folder, $"The checkpoint {folder} names no online network, so nothing of it can be evaluated. "
                + "Name another one.");
        var file = Alone(known ?? online, state.Architecture.HeadNames);
        return file with { Step = state.Step, Padding = PaddingOf(state.Architecture.Padding) };
    }

    private static BackboneFile Alone(string file, IReadOnlyList<string>? heads)
    {
        if (TorchFormats.Remedy(file) is { } remedy) throw new WeightsException(file, $"{file} is not a safetensors file. {remedy}");
        using var reader = SafeTensorsReader.Open(file);
        var names = reader.Entries.Select(e => e.Name).ToArray();
        bool Has(string name) => names.Any(n => n == name || n.EndsWith('.' + name, StringComparison.Ordinal));
        if (!Has("layer1.0.conv1.weight"))
            throw new WeightsException(file, $"{file} holds no ResNet: no tensor is called layer1.0.conv1.weight. Name a checkpoint, or a "
                + ".safetensors file with torchvision's names.");
        var backbone = Has("layer1.0.conv3.weight") ? Backbone.ResNet50 : Backbone.ResNet18;
        var padding = PaddingOf(reader.Metadata.GetValueOrDefault("padding"));
        heads ??= CheckpointArchitecture.NamesOf(reader.Metadata.GetValueOrDefault("heads") ?? "");
        long? step = long.TryParse(reader.Metadata.GetValueOrDefault("step"), CultureInfo.InvariantCulture, out var number) ? number : null;
        return new BackboneFile(file, backbone, padding, step, HeadDetection.HeadsIn(reader, NetworkShapes.Channels(backbone), heads));
    }

    // The default where nothing is said.
    private static Padding PaddingOf(string? word) => word == "reflect" ? Padding.Reflect : Padding.Zeros;
}
