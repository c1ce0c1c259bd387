using TorchSharp;

namespace CACL.Learning.Runtime;

/// <summary>The number of CPU threads that a tensor operation uses. Results are the same bit for bit only with the same number.</summary>
public static class TorchThreads
{
    /// <summary>The number in use.</summary>
    public static int Used => torch.get_num_threads();

    /// <summary>How many operations may be computed beside each other: libtorch's own number, which nothing here depends on.</summary>
    public static int BetweenOperations => torch.get_num_interop_threads();

    /// <summary>Sets the number of threads; 0: one a core. Returns the number in use.</summary>
    public static int Use(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        LibTorchLoader.Load();
        torch.set_num_threads(threads == 0 ? Environment.ProcessorCount : threads);
        return torch.get_num_threads();
    }
}
