using TorchSharp;

namespace CACL.Learning.Runtime;

/// <summary>The number of CPU threads that a tensor operation uses. Results are the same bit for bit only with the same number.</summary>
public static class TorchThreads
{
    /// <summary>Sets the number of threads; 0 means one per core. Returns the number in use.</summary>
    public static int Use(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        LibTorchLoader.Load();
        torch.set_num_threads(threads == 0 ? Environment.ProcessorCount : threads);
        return torch.get_num_threads();
    }
}
