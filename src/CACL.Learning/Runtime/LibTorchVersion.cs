using System.Runtime.InteropServices;
using CACL.Data.Files;

namespace CACL.Learning.Runtime;

/// <summary>
/// Determines which libtorch a folder contains. TorchSharp calls C++ functions: an older libtorch lacks some of them, a newer one may still
/// have them all.
/// </summary>
internal static class LibTorchVersion
{
    /// <summary>The version for which TorchSharp was built; patch releases fit.</summary>
    public static readonly Version Wanted = new(2, 10);

    /// <summary>
    /// Returns whether TorchSharp may work with <paramref name="version"/>: not with an older one. A newer one is tried; all symbols are
    /// bound when the library is loaded, so a missing one is reported then.
    /// </summary>
    public static bool Fits(Version? version) => version is not null && version.Major == Wanted.Major && version.Minor >= Wanted.Minor;

    /// <summary>
    /// Returns the version of the library at <paramref name="libTorchCpu"/>, which must be loaded: as the library itself reports it, else
    /// as the files around it say; null where neither says.
    /// </summary>
    public static Version? Of(string libTorchCpu) => Said(libTorchCpu) ?? FromFiles(libTorchCpu);

    // The stable C interface of recent versions returns a number with major, minor and patch in a byte each at its top.
    private static unsafe Version? Said(string path)
    {
        if (!NativeLibrary.TryLoad(path, out var library)) return null;
        if (!NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var call)) return null;
        var number = ((delegate* unmanaged[Cdecl]<ulong>)call)();
        return new Version((int)(number >> 56), (int)((number >> 48) & 0xff), (int)((number >> 40) & 0xff));
    }

    /// <summary>
    /// Returns the version according to the files: Debian's name for the library (<c>libtorch_cpu.so.1.13.0</c>), PyTorch's
    /// <c>version.py</c> or libtorch's <c>build-version</c> above its folder.
    /// </summary>
    public static Version? FromFiles(string libTorchCpu)
    {
        var target = File.ResolveLinkTarget(libTorchCpu, returnFinalTarget: true)?.Name ?? "";
        if (target.IndexOf(".so.", StringComparison.Ordinal) is var at and >= 0 && Version.TryParse(target[(at + 4)..], out var version))
            return version;
        var above = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(libTorchCpu)));
        foreach (var name in above is null ? [] : new[] { "version.py", "build-version" })
        {
            var file = Path.Combine(above!, name);
            if (!File.Exists(file)) continue;
            var line = RegularFile.ReadLines(file).Take(100)
                .FirstOrDefault(l => name == "build-version" || l.StartsWith("__version__", StringComparison.Ordinal)) ?? "";
            var number = new string([.. line.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
            // In 2.4.0a0+git the digits end before the letter.
            if (Version.TryParse(number.TrimEnd('.'), out version)) return version;
        }

        return null;
    }
}
