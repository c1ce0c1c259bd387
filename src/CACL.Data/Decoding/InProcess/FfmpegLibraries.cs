using System.Runtime.InteropServices;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// ffmpeg's libraries, loaded into this process: libavutil, libavcodec, libavformat and libswscale of one release whose structures this
/// program knows (ffmpeg 4 to 7). They stay loaded until the process ends. Thread-safe.
/// </summary>
public sealed class FfmpegLibraries
{
    // Libraries loaded by dlopen() cannot be unloaded safely while a decoder may be alive: they are loaded once per process.
    private static readonly Lazy<(FfmpegLibraries? Libraries, string WhyNot)> Loaded = new(Load);

    private unsafe FfmpegLibraries(FfmpegVersionSet set, FfmpegFunctions functions)
    {
        Set = set;
        Functions = functions;
        UtilVersion = Version(functions.UtilVersion());
        CodecVersion = Version(functions.CodecVersion());
        FormatVersion = Version(functions.FormatVersion());
        ScaleVersion = Version(functions.ScaleVersion());
        Release = functions.ReleaseName();
    }

    /// <summary>The release's own name for itself, such as 5.1.9-0+deb12u1.</summary>
    public string Release { get; }

    /// <summary>libavutil's version.</summary>
    public Version UtilVersion { get; }

    /// <summary>libavcodec's version.</summary>
    public Version CodecVersion { get; }

    /// <summary>libavformat's version.</summary>
    public Version FormatVersion { get; }

    /// <summary>libswscale's version.</summary>
    public Version ScaleVersion { get; }

    internal FfmpegVersionSet Set { get; }

    internal FfmpegFunctions Functions { get; }

    internal StructLayouts Layouts => Set.Layouts;

    /// <summary>Finds and loads the libraries, once per process.</summary>
    /// <param name="libraries">The libraries, if they could be loaded.</param>
    /// <param name="whyNot">Empty, or a sentence for people that says what is missing and what to do.</param>
    /// <returns>Whether they can be used. If not, decode through the ffmpeg program instead.</returns>
    public static bool TryLoad(out FfmpegLibraries? libraries, out string whyNot)
    {
        (libraries, whyNot) = Loaded.Value;
        return libraries is not null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"ffmpeg {Release} (libavutil {UtilVersion}, libavcodec {CodecVersion}, libavformat {FormatVersion}, libswscale {ScaleVersion})";

    private static Version Version(uint packed) => new((int)(packed >> 16), (int)(packed >> 8 & 0xff), (int)(packed & 0xff));

    private static (FfmpegLibraries? Libraries, string WhyNot) Load()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return (null, "ffmpeg's libraries are only used in this process on 64-bit x86 Linux; the ffmpeg program is used instead.");
        var faults = new List<string>();
        foreach (var set in FfmpegVersionSet.Known)
        {
            var fault = TryLoad(set, out var functions);
            if (fault is null) return (new FfmpegLibraries(set, functions!), "");
            if (fault.Length > 0) faults.Add(fault);
        }

        return (null, faults.Count > 0 ? string.Join(" ", faults) : UnknownVersion() ??
            "ffmpeg's libraries (libavformat, libavcodec, libavutil, libswscale of ffmpeg 4 to 7) were not found; installing the system's "
                + "package ffmpeg brings them.");
    }

    /// <returns>Null: the set is loaded. Empty: it is not installed. Otherwise a sentence that says what is wrong with it.</returns>
    private static unsafe string? TryLoad(FfmpegVersionSet set, out FfmpegFunctions? functions)
    {
        functions = null;
        if (!NativeLibrary.TryLoad($"libavformat.so.{set.Format}", out var format)) return "";
        if (!NativeLibrary.TryLoad($"libavutil.so.{set.Util}", out var util)
            || !NativeLibrary.TryLoad($"libavcodec.so.{set.Codec}", out var codec)
            || !NativeLibrary.TryLoad($"libswscale.so.{set.Scale}", out var scale))
        {
            return $"libavformat {set.Format} is installed without its companions libavutil {set.Util}, libavcodec {set.Codec} and "
                + $"libswscale {set.Scale}; "
                + "reinstall the system's package ffmpeg.";
        }

        try
        {
            functions = new FfmpegFunctions(util, codec, format, scale);
        }
        catch (EntryPointNotFoundException e)
        {
            return $"The ffmpeg {set.Release} libraries lack a function this program needs: {e.Message}";
        }

        var (u, c, f, s) = (
            functions.UtilVersion() >> 16, functions.CodecVersion() >> 16, functions.FormatVersion() >> 16, functions.ScaleVersion() >> 16);
        if ((u, c, f, s) != ((uint)set.Util, (uint)set.Codec, (uint)set.Format, (uint)set.Scale))
            return $"The ffmpeg libraries call themselves libavutil {u}, libavcodec {c}, libavformat {f}, libswscale {s}: not one "
                + "release's set.";
        functions.SetLogLevel(FfmpegFunctions.LogQuiet);
        return LayoutCheck.Fault(functions, set.Layouts) is { } fault
            ? $"The ffmpeg {set.Release} libraries do not have the structure layout that this program knows ({fault}); they are left alone."
            : null;
    }

    /// <summary>Returns the name of an installed release that is too old or too new, if there is one.</summary>
    private static string? UnknownVersion()
    {
        string[] names = ["libavformat.so", .. Enumerable.Range(62, 8).Select(v => $"libavformat.so.{v}"), "libavformat.so.57"];
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var handle)) continue;
            if (!NativeLibrary.TryGetExport(handle, "avformat_version", out var call)) continue;
            var version = Version(Call(call));
            return $"The installed libavformat {version} is of a release whose structures this program does not know (it knows 58 to 61, "
                + "ffmpeg 4 to 7); "
                + "the ffmpeg program is used instead.";
        }

        return null;

        static unsafe uint Call(nint function) => ((delegate* unmanaged[Cdecl]<uint>)function)();
    }
}
