using CACL.Learning.Runtime;
using CACL.Node.Devices;
using static TorchSharp.torch;

namespace CACL.Benchmarks;

/// <summary>Where and in which precision a benchmark computes, chosen and refused as a training would.</summary>
/// <param name="Name">cpu or cuda:N.</param>
/// <param name="Precision">The precision.</param>
internal sealed record BenchmarkDevice(string Name, Precision Precision)
{
    /// <summary>Whether it is a card, which works behind the host.</summary>
    public bool IsCard => Name != "cpu";

    /// <summary>Returns the device of --device and --precision, after libtorch has been loaded and told about both.</summary>
    /// <exception cref="CACL.Node.Ending.UserException">The machine lacks it, or computes so only very slowly.</exception>
    public static BenchmarkDevice Of(Options options)
    {
        var name = DeviceChoice.Resolve(options["device", "cpu"], "");
        var word = options["precision", "fp32"];
        Precision? wanted = word == "auto" ? null : Enum.Parse<Precision>(word, ignoreCase: true);
        var precision = PrecisionChoice.Resolve(wanted, "--precision", name, allowSlow: options["allow-slow-bf16", 0] == 1);
        var device = new BenchmarkDevice(name, precision);
        TorchSwitches.Set(device.Torch(), precision, sameShapes: true);
        return device;
    }

    /// <summary>Returns Torch's name of it.</summary>
    public Device Torch() => new(Name);

    /// <summary>Waits until it has done what it was given.</summary>
    public void Settle()
    {
        if (IsCard) TorchSharp.torch.cuda.synchronize();
    }
}
