using System.Collections.Concurrent;
using CACL.Data.Catalog;

namespace CACL.Data.Tests.Catalog;

/// <summary>A prober that reads a file's record, or the failure to simulate, from its first line.</summary>
internal sealed class LineProber(
    Action<string> reading, ManualResetEventSlim? release = null, ConcurrentDictionary<string, int>? faults = null) : IVideoProber
{
    private bool _disposed;

    public VideoRecord Probe(string path, TimeSpan deadline, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        reading(path);
        var line = File.ReadAllText(path);
        if (faults is not null && faults.TryGetValue(path, out var left) && left > 0)
        {
            faults[path] = left - 1;
            throw DecoderFaultException.Of(path, "ffprobe was killed by signal 9 (SIGKILL)");
        }

        switch (line)
        {
            case "bad": throw new VideoUnusableException(path, UnusableReason.Corrupt, "It is bad.");
            case "unreadable": throw new VideoUnusableException(path, UnusableReason.Unreadable, "It is locked.");
            case "throw": throw new InvalidOperationException("A fault of the prober.");
            case "goes away":
                File.Delete(path);
                throw new VideoUnusableException(path, UnusableReason.Unreadable, "It is gone.");
            case "hang":
                release!.Wait(CancellationToken.None);
                throw new VideoUnusableException(path, UnusableReason.Corrupt, "It came back at last.");
            default: return Records.Record(path, int.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    public void Dispose() => _disposed = true;
}
