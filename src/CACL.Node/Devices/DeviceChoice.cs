using System.Globalization;
using System.Runtime.CompilerServices;
using CACL.Learning.Runtime;
using CACL.Node.Ending;
using TorchSharp;

namespace CACL.Node.Devices;

/// <summary>Resolves the device that a name such as auto stands for on this machine.</summary>
internal static class DeviceChoice
{
    /// <summary>Returns cpu or cuda:N. Loads libtorch if that has not been done.</summary>
    /// <param name="wanted">auto, cpu, cuda or cuda:N; its spelling has been checked.</param>
    /// <param name="libTorch">cacl.training.libtorch: a folder, or empty.</param>
    /// <param name="place">Number of this process among those of this machine that each take a card, from 0: where no card is named, they
    /// take one after the other, and begin again when each is taken.</param>
    /// <exception cref="UserException">There is no such device.</exception>
    /// <exception cref="LibTorchUnavailableException">libtorch cannot be loaded.</exception>
    public static string Resolve(string wanted, string libTorch, int place = 0)
    {
        var loaded = LibTorchLoader.Load(libTorch.Length > 0 ? libTorch : null);
        var cards = Cards(loaded);
        if (wanted == "cpu" || (wanted == "auto" && cards == 0)) return "cpu";
        var index = wanted.Split(':') is [_, var number] ? int.Parse(number, CultureInfo.InvariantCulture) : place % Math.Max(1, cards);
        if (index < cards) return $"cuda:{index}";
        throw new UserException(
            $"There is no device {wanted} here: {(loaded.HasCuda ? $"libtorch sees {cards} CUDA devices" : "this libtorch has no CUDA")}. "
                + "Take cpu or auto; cacl doctor shows the devices.");
    }

    /// <summary>Returns the number of CUDA devices that libtorch sees.</summary>
    // Only a CUDA build is asked: without one TorchSharp searches disks for its libraries.
    public static int Cards(LoadedLibTorch loaded) => loaded.HasCuda ? Count() : 0;

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Count() => torch.cuda.is_available() ? torch.cuda.device_count() : 0;
}
