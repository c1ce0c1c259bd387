using System.Runtime.InteropServices;

namespace CACL.Learning.Runtime;

/// <summary>
/// Calls the system's loader and has it resolve every symbol at once: a libtorch of the wrong version then fails here with the symbol's
/// name, and does not end the process in the middle of a step later, as lazy binding would.
/// </summary>
internal static partial class DynamicLoader
{
    private const int ResolveNow = 2;
    private const int ForAll = 0x100; // RTLD_GLOBAL

    /// <summary>
    /// Loads the library at <paramref name="path"/> for the rest of the process. Returns null on success, else the loader's own words.
    /// </summary>
    /// <param name="path">Its path, or a name to look up where the system has its libraries.</param>
    /// <param name="forAll">Whether libraries that are loaded later find its symbols without naming it.</param>
    public static string? TryLoad(string path, bool forAll = false)
    {
        // The first call of a native function looks it up, which clears the loader's last error: look this one up beforehand.
        _ = LastError();
        if (Open(path, ResolveNow | (forAll ? ForAll : 0)) != 0) return null;
        return Marshal.PtrToStringUTF8(LastError()) ?? "unknown error";
    }

    /// <summary>
    /// Sets an environment variable as native libraries see it, which .NET's own call does not do; leaves one that is already set alone.
    /// </summary>
    public static void SetVariableIfUnset(string name, string value) => _ = SetVariable(name, value, overwrite: 0);

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "dlerror")]
    private static partial nint LastError();
}
