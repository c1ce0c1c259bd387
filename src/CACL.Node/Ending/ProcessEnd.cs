using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace CACL.Node.Ending;

/// <summary>
/// The end of the process while a thread may still be inside a native library. The usual end runs the destructors of libtorch's statics
/// under the thread that computes with them, and mostly ends in a crash (SIGSEGV, SIGABRT) in place of the exit code.
/// </summary>
internal static partial class ProcessEnd
{
    private static volatile bool _leftBehind;

    /// <summary>A thread was left behind in a native library: the program ends without it.</summary>
    public static void LeaveBehind() => _leftBehind = true;

    /// <summary>What the program returns, at its very end; does not return where a thread was left behind.</summary>
    public static int Of(int exitCode)
    {
        if (_leftBehind) AtOnce(exitCode);
        return exitCode;
    }

    /// <summary>
    /// Ends the process: no other thread takes another step, and no library's own end is run. What was written to files and to the console
    /// is the system's already; locks and children's pipes are freed by it.
    /// </summary>
    [DoesNotReturn]
    public static void AtOnce(int exitCode)
    {
        ExitAtOnce(exitCode);
        throw new InvalidOperationException("_exit returned."); // it never does
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int exitCode);
}
