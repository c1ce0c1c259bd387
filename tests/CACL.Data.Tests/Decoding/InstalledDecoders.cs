using System.Collections.Concurrent;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Data.Tests.Decoding.Workers;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>All kinds of decoders, and the records that their probers make of the made videos.</summary>
internal static class InstalledDecoders
{
    private static readonly ConcurrentDictionary<(DecoderKind Kind, string Name), Lazy<VideoRecord>> Records = new();
    private static readonly Lazy<IVideoProber> Worker = new(() => Of(DecoderKind.Worker).CreateProber());

    /// <summary>Returns one kind; if what it needs is not installed, the test is skipped and says why.</summary>
    public static PairDecoders Of(DecoderKind kind)
    {
        _ = kind == DecoderKind.Isolated ? (object)InstalledProgram.Ffmpeg : InstalledFfmpeg.Libraries;
        return PairDecoders.Create(kind, TestWorker.Program);
    }

    /// <summary>Returns the record of a made video, which is probed once.</summary>
    public static VideoRecord Probe(DecoderKind kind, string name)
    {
        var path = MadeVideos.Path(name);
        return Records.GetOrAdd((kind, name), _ => new Lazy<VideoRecord>(() =>
        {
            if (kind == DecoderKind.Worker) return ProbeByWorker(path);
            using var prober = Of(kind).CreateProber();
            return prober.Probe(path, ExactnessCheck.Patience, CancellationToken.None);
        })).Value;
    }

    // One for all, since a worker takes a moment to start; it ends with this process.
    private static VideoRecord ProbeByWorker(string path)
    {
        lock (Worker) return Worker.Value.Probe(path, ExactnessCheck.Patience, CancellationToken.None);
    }
}
