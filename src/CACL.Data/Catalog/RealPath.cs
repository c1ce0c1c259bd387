using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace CACL.Data.Catalog;

/// <summary>Calls realpath(3), which returns a path without links: two ways to the same file are recognised by it.</summary>
internal static partial class RealPath
{
    /// <summary>Returns the path with every link in it resolved, or null where it leads nowhere or round in a circle.</summary>
    internal static unsafe string? Of(string path)
    {
        // realpath writes at most PATH_MAX bytes.
        var resolved = stackalloc byte[4097];
        return Resolve(path, resolved) == null ? null : Utf8StringMarshaller.ConvertToManaged(resolved);
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial byte* Resolve(string path, byte* resolved);
}
