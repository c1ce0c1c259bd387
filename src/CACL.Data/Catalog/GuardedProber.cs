namespace CACL.Data.Catalog;

/// <summary>
/// A prober that cannot hold up the scan: one that does not come back in its time is left behind with its thread and replaced. Threads
/// cannot be ended from outside, so the number of those left behind is limited; more of them mean that not only a file is wrong. A prober
/// that fails by itself (killed, out of memory) says nothing of the file, which is asked for again by another.
/// </summary>
internal sealed class GuardedProber(
    Func<IVideoProber> probers, ScanOptions options, GuardedProber.LeftBehind leftBehind, GuardedProber.Failures failures) : IDisposable
{
    private const int Asked = 3;
    private IVideoProber? _prober;

    /// <summary>Probers that hang, over all workers of a scan.</summary>
    internal sealed class LeftBehind
    {
        private const int Limit = 16;
        private int _count;

        internal void Add(string path)
        {
            if (Interlocked.Increment(ref _count) <= Limit) return;
            throw new CatalogException(
                $"Reading hung on more than {Limit} files, at last on {path}. Check the disk they lie on, or read them with ffprobe "
                + "(cacl.data.decoder = isolated), which can be ended.");
        }
    }

    /// <summary>Files in a row at which every prober failed, over all workers of a scan.</summary>
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
                + "scan continues from there. Run `cacl doctor` to check the decoders, see whether the machine has memory left, or choose "
                + "the other decoder with cacl.data.decoder.",
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

    // That ffmpeg finds no memory is its affair; that this program finds none is everybody's.
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
        // Cancelled, the prober is given the grace to stop by itself.
        var time = options.FileDeadline + options.Grace;
        if (WaitHandle.WaitAny([((IAsyncResult)task).AsyncWaitHandle, cancel.WaitHandle], time) == 1) Task.WaitAny([task], options.Grace);
        if (task.IsCompleted) return task.GetAwaiter().GetResult();

        _prober = null;
        task.ContinueWith(
            ended =>
            {
                _ = ended.Exception; // seen, so that it is not reported as unobserved
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
