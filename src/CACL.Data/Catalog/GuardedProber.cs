using CACL.Data.Wording;

namespace CACL.Data.Catalog;

/// <summary>
/// Keeps a prober from holding up the scan: one that does not return in time is abandoned with its thread and replaced. A thread cannot be
/// ended from outside, so the number of abandoned ones is limited; more of them mean that something other than a file is wrong. A prober
/// that fails by itself (killed, out of memory) says nothing about the file, which is then read by another prober.
/// </summary>
internal sealed class GuardedProber(
    Func<IVideoProber> probers, ScanOptions options, GuardedProber.LeftBehind leftBehind, GuardedProber.Failures failures) : IDisposable
{
    private const int Asked = 3;
    private IVideoProber? _prober;

    /// <summary>Counts the probers that hang, over all workers of a scan.</summary>
    internal sealed class LeftBehind
    {
        private const int Limit = 16;
        private int _count;

        internal void Add(string path)
        {
            if (Interlocked.Increment(ref _count) <= Limit) return;
            throw new CatalogException(
                $"Reading hung on more than {Limit} files, at last on {path}. Check the disk they lie on, or read them with ffprobe "
                + $"({SettingNames.Decoder} = isolated), which can be ended.");
        }
    }

    /// <summary>Counts consecutive files for which every prober failed, over all workers of a scan.</summary>
    internal sealed class Failures
    {
        private const int Limit = 16;
        private int _inARow;

        internal void None() => Volatile.Write(ref _inARow, 0);

        internal void Add(Exception fault)
        {
            if (Interlocked.Increment(ref _inARow) <= Limit) return;
            throw new CatalogException(
                $"The decoder failed at more than {Limit} files in a row, at last so: {fault.Message} What was read is kept, and the next "
                + $"scan continues from there. Run `{CommandLines.Doctor}` to check the decoders, see whether the machine has memory left, "
                + $"or choose the other decoder with {SettingNames.Decoder}.",
                fault);
        }
    }

    /// <summary>Reads one file.</summary>
    /// <returns>The row to write.</returns>
    internal CatalogEntry Probe(FoundFile file, CancellationToken cancel)
    {
        var (size, modified) = file.Stamp;
        if (file.Problem is not null)
        {
            var reason = size == 0 && modified != 0 ? UnusableReason.NotAVideo : UnusableReason.Unreadable;
            return CatalogEntry.Unusable(file.Path, size, modified, reason, file.Problem);
        }

        for (var asked = 1; ; asked++)
        {
            try
            {
                var record = ProbeInTime(file.Path, cancel);
                failures.None();
                return record.Frames.Count > 0
                    ? CatalogEntry.Usable(file.Path, size, modified, record)
                    : CatalogEntry.Unusable(file.Path, size, modified, UnusableReason.NotAVideo, $"{file.Path} has no frame.");
            }
            catch (VideoUnusableException error)
            {
                failures.None();
                return CatalogEntry.Unusable(file.Path, size, modified, error.Reason, error.Message);
            }
            catch (Exception error) when (IsTheProbers(error))
            {
                Dispose();
                if (asked < Asked) continue;
                failures.Add(error);
                var says = error is DecoderFaultException
                    ? error.Message
                    : $"Reading {file.Path} failed: {error.GetType().Name}: {error.Message}";
                return CatalogEntry.Unusable(file.Path, size, modified, UnusableReason.Decoder, $"{says} It was asked {Asked} times.");
            }
        }
    }

    public void Dispose()
    {
        _prober?.Dispose();
        _prober = null;
    }

    // Where ffmpeg runs out of memory, only ffmpeg is affected; where this program does, everything is.
    private static bool IsTheProbers(Exception error) =>
        error is not (OperationCanceledException or CatalogException) and (not OutOfMemoryException or InsufficientMemoryException);

    private VideoRecord ProbeInTime(string path, CancellationToken cancel)
    {
        var prober = _prober ??= probers();
        var task = Task.Factory.StartNew(
            () => prober.Probe(path, options.FileDeadline, cancel),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        // After a cancellation the prober is given this grace period to stop by itself.
        var time = options.FileDeadline + options.Grace;
        if (WaitHandle.WaitAny([((IAsyncResult)task).AsyncWaitHandle, cancel.WaitHandle], time) == 1) Task.WaitAny([task], options.Grace);
        if (task.IsCompleted) return task.GetAwaiter().GetResult();

        _prober = null;
        task.ContinueWith(
            ended =>
            {
                _ = ended.Exception; // observed, so that it is not reported as unobserved
                prober.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        cancel.ThrowIfCancellationRequested();
        leftBehind.Add(path);
        throw new VideoUnusableException(
            path,
            UnusableReason.Deadline,
            $"Reading {path} took more than {options.FileDeadline.TotalSeconds:0.#} s and did not stop when asked to.");
    }
}
