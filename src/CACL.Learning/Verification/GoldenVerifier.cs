using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>
/// Recomputes golden files with the code that trains, and reports for each quantity how far off it is. Everything that a file's case needs
/// is read from the file; what is missing, unreadable or unknown becomes a failed result.
/// </summary>
public static class GoldenVerifier
{
    private static readonly Dictionary<string, Action<GoldenFile, GoldenCheck>> Cases = new(StringComparer.Ordinal)
    {
        ["uniform"] = UniformCase.Check,
        ["photometry"] = ColourAugmentationCase.Check,
        ["pixelshuffle"] = SpatialRollCase.Check,
        ["backbone"] = BackboneCase.Check,
        ["splitbn"] = SplitBatchNormCase.Check,
        ["losses"] = LossesCase.Check,
        ["cycle"] = CycleCase.Check,
        ["queue"] = QueueCase.Check,
        ["lars"] = LarsCase.Check,
        ["train"] = TrainCase.Check,
        ["evaluation"] = EvaluationCase.Check,
        ["optimisers"] = OptimisersCase.Check,
        ["solarize"] = ColourAugmentationCase.Check,
        ["mocov2"] = MocoV2Case.Check,
        ["trainmocov2"] = TrainCase.Check,
        ["simclr"] = SimClrCase.Check,
        ["trainsimclr"] = TrainCase.Check,
        ["byol"] = ByolCase.Check,
        ["trainbyol"] = TrainCase.Check,
        ["densecl"] = DenseClCase.Check,
        ["traindensecl"] = TrainCase.Check,
        ["pixpro"] = PixProCase.Check,
        ["trainpixpro"] = TrainCase.Check,
    };

    /// <summary>The cases that this program can recompute.</summary>
    internal static IReadOnlyCollection<string> CaseNames => Cases.Keys;

    /// <summary>Returns whether this program can recompute a case, the word in a golden file's metadata for what it is about.</summary>
    public static bool Knows(string golden) => Cases.ContainsKey(golden);

    /// <summary>
    /// Yields the results of every <c>*.safetensors</c> file in a folder, in the order of their names, as they are computed.
    /// </summary>
    /// <param name="directory">The folder; a missing or empty one is a failed result.</param>
    /// <param name="device">Device on which to compute.</param>
    /// <param name="precision">Precision in which to compute; each has tolerances of its own.</param>
    public static IEnumerable<GoldenResult> Verify(string directory, Device device, Precision precision = Precision.Fp32)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(device);
        return Lines(directory, device, precision);
    }

    private static IEnumerable<GoldenResult> Lines(string directory, Device device, Precision precision)
    {
        string[] files;
        string? fault = null;
        try
        {
            files = Directory.GetFiles(directory, "*.safetensors").Order(StringComparer.Ordinal).ToArray();
            if (files.Length == 0) fault = $"there is no golden file (*.safetensors) in {directory}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            files = [];
            fault = $"the folder cannot be read ({e.Message.TrimEnd('.')})";
        }

        if (fault is not null) yield return Failure(directory, "", "files", fault);
        foreach (var file in files)
        {
            foreach (var line in VerifyFile(file, device, precision)) yield return line;
        }
    }

    private static IReadOnlyList<GoldenResult> VerifyFile(string path, Device device, Precision precision)
    {
        var file = Path.GetFileName(path);
        var name = "";
        GoldenCheck? check = null;
        TorchSwitches.Set(device, precision, sameShapes: false);
        using var scope = NewDisposeScope();
        try
        {
            using var reader = SafeTensorsReader.Open(path);
            var golden = new GoldenFile(reader, device, precision);
            name = golden.Text("case");
            if (!Cases.TryGetValue(name, out var recompute)) throw new GoldenException($"the case '{name}' is not known to this program");
            check = new GoldenCheck(golden, file, name);
            recompute(golden, check);
            if (check.Lines.Count == 0) throw new GoldenException("it holds nothing to compare");
            return check.Lines;
        }
        // Whatever a file contains, the other files are still verified: a fault of any kind is this file's failed result.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            var fault = e is GoldenException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            return [.. check?.Lines ?? [], Failure(file, name, "file", fault)];
        }
    }

    private static GoldenResult Failure(string file, string name, string quantity, string why) =>
        new(file, name, quantity, double.PositiveInfinity, 0, why);
}
