using System.Collections.Concurrent;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>Both kinds of decoders, and the records that their probers make of the made videos.</summary>
internal static class InstalledDecoders
{
    private static readonly ConcurrentDictionary<(DecoderKind Kind, string Name), Lazy<VideoRecord>> Records = new();

    /// <summary>Returns one kind; if what it needs is not installed, the test is skipped and says why.</summary>
    public static PairDecoders Of(DecoderKind kind)
    {
        _ = kind == DecoderKind.InProcess ? InstalledFfmpeg.Libraries : (object)InstalledProgram.Ffmpeg;
        return PairDecoders.Create(kind);
    }

    /// <summary>Returns the record of a made video, which is probed once.</summary>
    public static VideoRecord Probe(DecoderKind kind, string name)
    {
        var path = MadeVideos.Path(name);
        return Records.GetOrAdd((kind, name), _ => new Lazy<VideoRecord>(() =>
        {
            using var prober = Of(kind).CreateProber();
            return prober.Probe(path, ExactnessCheck.Patience, CancellationToken.None);
        })).Value;
    }
}
