using System.Runtime.InteropServices;

namespace CACL.Learning.Runtime;

/// <summary>The C library's heap, on which libtorch allocates the tensors of a CPU.</summary>
public static partial class NativeHeap
{
    private static bool _missing;

    /// <summary>
    /// Gives unused pages back to the system. glibc keeps what was freed between two allocations that live, so that the resident memory
    /// of a training of many days creeps upwards although nothing leaks; this takes some milliseconds. Other C libraries do without.
    /// </summary>
    public static void GiveBack()
    {
        if (_missing) return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            _missing = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
