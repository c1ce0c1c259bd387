using CACL.Learning.Runtime;
using CACL.Node.Ending;
using CACL.Node.Settings;
using Serilog;

namespace CACL.Node.Devices;

/// <summary>Loads libtorch, and decides on device and threads.</summary>
internal static class TorchDevice
{
    /// <summary>Returns the training device, with libtorch loaded and its threads set.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="processes">Number of processes that train on this machine together and share its cores.</param>
    /// <param name="place">Number of this process among them, from 0.</param>
    /// <exception cref="UserException">The requested device does not exist.</exception>
    public static string Prepare(TrainingSettings settings, int processes = 1, int place = 0)
    {
        var device = DeviceChoice.Resolve(settings.Device, settings.LibTorch, place);
        var threads = TorchThreads.Use(
            settings.Threads == 0 && processes > 1 ? Math.Max(1, Environment.ProcessorCount / processes) : settings.Threads);
        Log.Information("libtorch from {Folder}, {Threads} threads, device {Device}", LibTorchLoader.Load().Folder, threads, device);
        return device;
    }
}
