using System.Globalization;
using System.Runtime.CompilerServices;
using CACL.Learning.Runtime;
using CACL.Node.Devices;
using TorchSharp;

namespace CACL.Node.Doctor;

/// <summary>Checks libtorch, and the devices that it sees.</summary>
internal static class TorchChecks
{
    private const string Remedy = "Run tools/cacl once with access to the package feed, or name a folder with libtorch 2.10 by "
        + "cacl.training.libtorch or CACL_LIBTORCH.";

    /// <summary>Checks whether libtorch loads and computes.</summary>
    public static Finding Library(string folder)
    {
        try
        {
            var loaded = Load(folder);
            var build = loaded.HasCuda ? "CUDA build" : "CPU build";
            return Finding.Fine($"libtorch {loaded.Version}, {build}, {ComputeThreads()} threads, in {loaded.Folder}");
        }
        catch (LibTorchUnavailableException e)
        {
            return new Finding(Severity.Blocking, e.Message, Remedy);
        }
    }

    /// <summary>Checks the devices, and whether the configured one is among them.</summary>
    public static Finding Device(string folder, string wanted)
    {
        LoadedLibTorch loaded;
        try
        {
            loaded = Load(folder);
        }
        catch (LibTorchUnavailableException)
        {
            return new Finding(Severity.Blocking, "unknown while libtorch does not load");
        }

        var cuda = DeviceChoice.Cards(loaded);
        var cards = ProgramOutput.FirstLines(
            "nvidia-smi", TimeSpan.FromSeconds(8), "--query-gpu=name,memory.total", "--format=csv,noheader");
        var text = cuda == 0
            ? "cpu"
            : "cpu, " + string.Join(", ", Enumerable.Range(0, cuda).Select(i => $"cuda:{i}{(i < cards?.Count ? $" {cards[i]}" : "")}"));
        if (wanted.StartsWith("cuda", StringComparison.Ordinal) && Index(wanted) >= cuda)
        {
            return new Finding(
                Severity.Blocking, $"{text}; {wanted} is not among them",
                "Set cacl.training.device to auto or one of these, or build with -p:Torch=cuda on a machine with a driver.");
        }

        return cuda == 0 && cards is { Count: > 0 }
            ? new Finding(
                Severity.Remark, $"{text}; the card {cards[0]} is not used",
                "Build with -p:Torch=cuda, or name a CUDA build of libtorch 2.10 by cacl.training.libtorch.")
            : Finding.Fine(text);
    }

    private static LoadedLibTorch Load(string folder) => LibTorchLoader.Load(folder.Length > 0 ? folder : null);

    private static int Index(string device) => device.Split(':') is [_, var index] ? int.Parse(index, CultureInfo.InvariantCulture) : 0;

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ComputeThreads()
    {
        using var scope = torch.NewDisposeScope();
        var sum = torch.ones(8, 8).mm(torch.ones(8, 8)).sum().item<float>();
        if (sum != 512)
            throw new LibTorchUnavailableException($"libtorch computes wrongly: 8×8 ones times themselves sum to {sum}, not 512.");
        return torch.get_num_threads();
    }
}
