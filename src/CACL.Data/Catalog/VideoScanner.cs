using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace CACL.Data.Catalog;

/// <summary>
/// Fills a catalogue: one thread walks the folders, several read files, and the caller's thread writes rows. The queues between them are
/// short, so a scan of a quarter of a million files holds few of them at a time. A file whose size and modification time match the
/// catalogue is not read again, unless it was read by older rules, or the cause of its fault lies outside the file (permissions, a missing
/// codec, a deadline).
/// </summary>
/// <param name="catalog">The catalogue to fill. Not owned.</param>
/// <param name="probers">Creates a prober for each worker.</param>
public sealed class VideoScanner(VideoCatalog catalog, Func<IVideoProber> probers)
{
    /// <summary>Scans folders, lists and files.</summary>
    /// <param name="roots">See <see cref="VideoRoots"/>.</param>
    /// <param name="options">How to scan.</param>
    /// <param name="progress">Receives the progress several times a second, on the calling thread.</param>
    /// <param name="cancel">Stops the scan; what was read until then is kept, and the next scan continues from there.</param>
    /// <exception cref="CatalogException">A root is missing, or the catalogue cannot be written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public ScanReport Scan(
        IEnumerable<string> roots, ScanOptions? options = null, IProgress<ScanProgress>? progress = null,
        CancellationToken cancel = default)
    {
        options ??= new ScanOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        var named = new VideoRoots(roots);
        CatalogShard.Begin(catalog.File, options.Shard, named);
        using var scan = new ActiveScan(catalog, probers, named, options, progress, cancel);
        return scan.ToEnd();
    }

    private sealed class ActiveScan : IDisposable
    {
        private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

        private readonly VideoCatalog _catalog;
        private readonly Func<IVideoProber> _probers;
        private readonly VideoRoots _roots;
        private readonly ScanOptions _options;
        private readonly IProgress<ScanProgress>? _progress;
        private readonly CancellationTokenSource _stop;
        private readonly CancellationToken _asked;
        private readonly VideoWalk _walk;
        private readonly ScanTally _tally = new();
        private readonly GuardedProber.LeftBehind _leftBehind = new();
        private readonly GuardedProber.Failures _failures = new();
        private readonly BlockingCollection<FoundFile> _toRead;
        private readonly BlockingCollection<CatalogEntry> _toWrite;
        private readonly RowSet _unchanged = new();
        private readonly RowSet _written = new();
        private readonly List<long> _back = [];
        private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
        private int _others;
        private ExceptionDispatchInfo? _failure;

        internal ActiveScan(
            VideoCatalog catalog,
            Func<IVideoProber> probers,
            VideoRoots roots,
            ScanOptions options,
            IProgress<ScanProgress>? progress,
            CancellationToken cancel)
        {
            (_catalog, _probers, _roots, _options, _progress, _asked) = (catalog, probers, roots, options, progress, cancel);
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            // Of several names of one file all machines must take the same, whatever their catalogues know.
            _walk = new VideoWalk(roots, options.Shard is null ? catalog.Holds : _ => false);
            _toRead = new BlockingCollection<FoundFile>(4 * options.Parallelism);
            _toWrite = new BlockingCollection<CatalogEntry>(options.BatchSize);
        }

        internal ScanReport ToEnd()
        {
            var clock = Stopwatch.StartNew();
            var workers = new List<Task> { Start(Walk) };
            for (var worker = 0; worker < _options.Parallelism; worker++) workers.Add(Start(Read));
            var readers = Task.WhenAll(workers).ContinueWith(
                _ => _toWrite.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            try
            {
                Write();
            }
            catch (Exception error)
            {
                // The other threads must not wait for ever to hand over what nobody takes.
                Fail(error);
            }

            readers.Wait(CancellationToken.None);
            _failure?.Throw();
            _asked.ThrowIfCancellationRequested();
            _catalog.MarkVanished(_back, vanished: false);
            var vanished = MarkVanished();
            // A folder that could not be listed may contain anything.
            if (_walk.Unreadable.Count == 0) NoteScanned();
            _progress?.Report(_tally.Progress());
            return _tally.Report(_walk, vanished, clock.Elapsed.TotalSeconds) with { OfOtherShards = _others };
        }

        public void Dispose()
        {
            _stop.Dispose();
            _toRead.Dispose();
            _toWrite.Dispose();
        }

        private Task Start(Action work) => Task.Factory.StartNew(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception error)
                {
                    Fail(error);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        private void Fail(Exception error)
        {
            // A cancellation is either the caller's (thrown at the end) or the consequence of a failure that is already kept.
            if (error is not OperationCanceledException)
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
            _stop.Cancel();
        }

        private void Walk()
        {
            try
            {
                foreach (var file in _walk.Files())
                {
                    _stop.Token.ThrowIfCancellationRequested();
                    if (_options.Shard?.Holds(file, _roots) == false)
                    {
                        _others++;
                        continue;
                    }

                    _tally.Met(file.Path);
                    if (_catalog.Find(file.Path) is { } known && IsSettled(file, known))
                    {
                        _unchanged.Add(known.Id);
                        if (known.Vanished) _back.Add(known.Id);
                        _tally.Settled(file.Path, known.Reason, known.Message, read: false);
                    }
                    else
                    {
                        _toRead.Add(file, _stop.Token);
                    }
                }

                _tally.MetAll();
            }
            finally
            {
                _toRead.CompleteAdding();
            }
        }

        private bool IsSettled(FoundFile file, KnownFile known) =>
            !_options.ReadAll
            && known.Size == file.Stamp.Size
            && known.ModifiedTicks == file.Stamp.ModifiedTicks
            && known.ReadingRules >= CatalogSchema.ReadingRulesOf(file.Path)
            && known.Reason is not (UnusableReason.Unreadable or UnusableReason.UnknownCodec or UnusableReason.Deadline
                or UnusableReason.Decoder);

        private void Read()
        {
            using var prober = new GuardedProber(_probers, _options, _leftBehind, _failures);
            foreach (var file in _toRead.GetConsumingEnumerable(_stop.Token))
            {
                var entry = prober.Probe(file, _stop.Token);
                if (entry.Reason is not null && file.Problem is null && FileStamp.Of(file.Path) is null)
                {
                    _tally.Lost(file.Path);
                    continue;
                }

                _toWrite.Add(entry, _stop.Token);
            }
        }

        private void Write()
        {
            var batch = new List<CatalogEntry>(_options.BatchSize);
            var lastWrite = Stopwatch.StartNew();
            while (!_toWrite.IsCompleted)
            {
                if (_toWrite.TryTake(out var entry, Tick))
                {
                    batch.Add(entry);
                    _tally.Settled(entry.Path, entry.Reason, entry.Message, read: true);
                }

                if (batch.Count >= _options.BatchSize || (batch.Count > 0 && lastWrite.Elapsed >= _options.BatchTime))
                {
                    Flush(batch);
                    lastWrite.Restart();
                }

                ReportProgress();
            }

            Flush(batch);
        }

        private void Flush(List<CatalogEntry> batch)
        {
            if (batch.Count == 0) return;
            foreach (var row in _catalog.UpsertBatch(batch)) _written.Add(row);
            batch.Clear();
        }

        private void ReportProgress()
        {
            if (_progress is null || _sinceReport.Elapsed < Tick) return;
            _sinceReport.Restart();
            _progress.Report(_tally.Progress());
        }

        private void NoteScanned()
        {
            if (_options.Shard is null) _catalog.NoteScanned(_roots.Folders);
            else CatalogShard.Finish(_catalog.File);
        }

        private int MarkVanished()
        {
            var gone = new List<long>();
            _catalog.ForEachPresent((id, path) =>
            {
                if (!_unchanged.Contains(id) && !_written.Contains(id) && _roots.Contains(path) && !_walk.IsUnlisted(path)) gone.Add(id);
            });
            _catalog.MarkVanished(gone);
            return gone.Count;
        }
    }
}
