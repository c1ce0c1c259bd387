using System.Runtime.InteropServices;

namespace CACL.Learning.Runtime;

/// <summary>
/// The system's loader, asked to resolve every symbol at once: a libtorch of the wrong version then fails here with the
/// symbol's name, and not later by ending the process in the middle of a step, as lazy binding would.
/// </summary>
internal static partial class DynamicLoader
{
    private const int ResolveNow = 2;

    /// <summary>Loads the library at <paramref name="path"/> for the rest of the process; null on success, else the loader's own words.</summary>
    public static string? TryLoad(string path)
    {
        // The first call of a native function looks it up, and that clears the loader's last error: look this one up before.
        _ = LastError();
        if (Open(path, ResolveNow) != 0) return null;
        return Marshal.PtrToStringUTF8(LastError()) ?? "unknown error";
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "dlerror")]
    private static partial nint LastError();
}
