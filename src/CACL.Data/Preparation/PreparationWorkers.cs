using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using CACL.Data.Catalog;

namespace CACL.Data.Preparation;

/// <summary>
/// Several threads make files, and the caller's thread notes them in the catalogue. A source that cannot be prepared is listed; anything
/// else that fails ends the work, and what was made is noted all the same.
/// </summary>
internal sealed class PreparationWorkers : IDisposable
{
    private const int Asked = 3;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly VideoCatalog _catalog;
    private readonly IReadOnlyList<PreparationItem> _items;
    private readonly PreparationWork _work;
    private readonly Func<IVideoProber> _probers;
    private readonly PreparationOptions _options;
    private readonly IProgress<PreparationProgress>? _progress;
    private readonly CancellationToken _asked;
    private readonly CancellationTokenSource _stop;
    private readonly BlockingCollection<Result> _results;
    private readonly List<PreparedVideo> _batch = [];
    private readonly List<UnpreparedVideo> _failed = [];
    private readonly double _cost;
    private ExceptionDispatchInfo? _failure;
    private int _next = -1;
    private int _made;
    private int _found;
    private long _bytes;
    private double _done;

    internal PreparationWorkers(
        VideoCatalog catalog, IReadOnlyList<PreparationItem> items, PreparationWork work, Func<IVideoProber> probers,
        PreparationOptions options, IProgress<PreparationProgress>? progress, CancellationToken cancel)
    {
        (_catalog, _items, _work, _probers, _options, _progress, _asked) = (catalog, items, work, probers, options, progress, cancel);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _results = new BlockingCollection<Result>(4 * options.Parallelism);
        _cost = Math.Max(1, items.Sum(Cost));
    }

    private readonly record struct Result(PreparationItem Item, PreparedVideo? Prepared, long Written, UnpreparedVideo? Fault);

    internal (int Made, int Found, long Bytes, IReadOnlyList<UnpreparedVideo> Failed) ToEnd()
    {
        var workers = Enumerable.Range(0, Math.Min(_options.Parallelism, _items.Count)).Select(_ => Start()).ToArray();
        var ended = Task.WhenAll(workers).ContinueWith(
            _ => _results.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            Note();
        }
        catch (Exception error)
        {
            Fail(error);
            // The workers must not wait for ever to hand over what nobody takes.
            foreach (var _ in _results.GetConsumingEnumerable(CancellationToken.None)) continue;
        }

        ended.Wait(CancellationToken.None);
        _failure?.Throw();
        _asked.ThrowIfCancellationRequested();
        Report();
        return (_made, _found, _bytes, [.. _failed.OrderBy(video => video.Path, StringComparer.Ordinal)]);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _results.Dispose();
    }

    private static double Cost(PreparationItem item) => item.IsThere ? 0 : item.Cost(item.Video.Frames);

    private Task Start() => Task.Factory.StartNew(
        () =>
        {
            try
            {
                Work();
            }
            catch (Exception error)
            {
                Fail(error);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning, // a thread of its own: its processes end with it
        TaskScheduler.Default);

    private void Fail(Exception error)
    {
        // A cancellation is either the caller's (thrown at the end) or the consequence of a failure that is already kept.
        if (error is not OperationCanceledException)
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        _stop.Cancel();
    }

    private void Work()
    {
        IVideoProber? prober = null;
        try
        {
            for (var at = Interlocked.Increment(ref _next); at < _items.Count; at = Interlocked.Increment(ref _next))
            {
                var result = One(_items[at], ref prober);
                // What was made is handed over, whoever wants this to stop.
                _results.Add(result, CancellationToken.None);
            }
        }
        finally
        {
            prober?.Dispose();
        }
    }

    private Result One(PreparationItem item, ref IVideoProber? prober)
    {
        for (var asked = 1; ; asked++)
        {
            _stop.Token.ThrowIfCancellationRequested();
            try
            {
                var (prepared, written) = _work.Do(item, prober ??= _probers(), _stop.Token);
                return new Result(item, prepared, written, null);
            }
            catch (VideoUnusableException fault)
            {
                return new Result(item, null, 0, new UnpreparedVideo(item.Video.Path, fault.Reason, fault.Message));
            }
            catch (DecoderFaultException fault)
            {
                prober?.Dispose();
                prober = null;
                if (asked < Asked) continue;
                return new Result(item, null, 0, new UnpreparedVideo(item.Video.Path, UnusableReason.Decoder, fault.Message));
            }
        }
    }

    private void Note()
    {
        var (sinceNoted, sinceReport) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        try
        {
            while (!_results.IsCompleted)
            {
                if (_results.TryTake(out var result, Tick)) Take(result);
                if (_batch.Count >= _options.BatchSize || (_batch.Count > 0 && sinceNoted.Elapsed >= _options.BatchTime))
                {
                    Flush();
                    sinceNoted.Restart();
                }

                if (sinceReport.Elapsed < Tick) continue;
                Report();
                sinceReport.Restart();
            }
        }
        finally
        {
            Flush();
        }
    }

    private void Take(Result result)
    {
        _done += Cost(result.Item);
        if (result.Prepared is { } prepared)
        {
            _batch.Add(prepared);
            if (result.Written > 0) _made++;
            else _found++;
            _bytes += result.Written;
            return;
        }

        _failed.Add(result.Fault!);
        _catalog.ForgetPrepared([result.Item.Video.Id]);
    }

    private void Flush()
    {
        _catalog.NotePrepared(_batch);
        _batch.Clear();
    }

    private void Report() => _progress?.Report(new PreparationProgress(_items.Count, _made + _found, _failed.Count, _bytes, _done / _cost));
}
