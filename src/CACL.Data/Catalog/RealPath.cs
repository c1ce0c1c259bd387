using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace CACL.Data.Catalog;

/// <summary>realpath(3): a path without links, by which two ways to one file are recognised.</summary>
internal static partial class RealPath
{
    /// <summary>The path with every link in it resolved, or null where it leads nowhere (or around in a circle).</summary>
    internal static unsafe string? Of(string path)
    {
        // PATH_MAX bytes are all that realpath writes.
        var resolved = stackalloc byte[4097];
        return Resolve(path, resolved) == null ? null : Utf8StringMarshaller.ConvertToManaged(resolved);
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial byte* Resolve(string path, byte* resolved);
}
