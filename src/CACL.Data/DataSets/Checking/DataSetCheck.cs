using System.Collections.Concurrent;
using System.Diagnostics;

namespace CACL.Data.DataSets.Checking;

/// <summary>Goes through a data set once: reads every image and label of every split, counts classes, and collects every fault.</summary>
public sealed class DataSetCheck
{
    private readonly FileDataSet _dataSet;
    private readonly int _threads;
    private readonly IProgress<DataSetCheckProgress> _progress;
    private readonly List<DataSetFault> _faults = [];
    private readonly List<string> _notes = [];
    private int _done;
    private int _total;
    private int _faultsSoFar;

    private DataSetCheck(FileDataSet dataSet, int threads, IProgress<DataSetCheckProgress> progress) =>
        (_dataSet, _threads, _progress) = (dataSet, threads, progress);

    /// <summary>Checks a data set.</summary>
    /// <param name="kind">Its layout.</param>
    /// <param name="root">Its folder.</param>
    /// <param name="threads">Number of threads; each holds one image and its label in memory.</param>
    /// <param name="progress">Receives the progress after every pair, from several threads.</param>
    /// <param name="cancel">Cancels the check.</param>
    /// <exception cref="DataSetException">There is no data set of this kind in the folder.</exception>
    public static DataSetReport Run(
        DataSetKind kind, string root, int threads, IProgress<DataSetCheckProgress> progress, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return new DataSetCheck(SegmentationDataSets.OpenFiles(kind, root), threads, progress).Check(cancel);
    }

    private DataSetReport Check(CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var splits = _dataSet.KnownSplits;
        if (splits.Count == 0)
            throw new DataSetException(_dataSet.Root, $"{_dataSet.Root} holds no split: neither train nor val is there.");
        var listings = splits.Where(IsToBeRead).Select(split => (Split: split, Listing: _dataSet.List(split))).ToList();
        _total = listings.Sum(l => l.Listing.Items.Count);
        CheckDefaultSplits(listings.ToDictionary(l => l.Split, l => l.Listing));
        var reports = listings.Select(l => CheckSplit(l.Split, l.Listing, cancel)).ToList();
        NoteClasses(reports);
        return new DataSetReport(_dataSet.Kind, _dataSet.Root, _dataSet.Classes, reports, _faults, _notes, clock.Elapsed.TotalSeconds);
    }

    // Publishers withhold the labels of a test split: a split without labels is only worth a note, and so is one whose labels are all void.
    private bool IsToBeRead(string split)
    {
        if (split != "test" || _dataSet.HasSplit(split)) return true;
        _notes.Add("The split test has images, but no labels, as publishers often keep them back: it cannot be scored.");
        return false;
    }

    private SplitReport CheckSplit(string split, SplitListing listing, CancellationToken cancel)
    {
        var faults = new ConcurrentBag<DataSetException>(listing.Faults);
        Interlocked.Add(ref _faultsSoFar, faults.Count);
        var sum = new SplitTally(_dataSet.Classes.Count);
        var options = new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancel };
        Parallel.ForEach(
            listing.Items,
            options,
            () => new SplitTally(_dataSet.Classes.Count),
            (item, _, tally) => CheckPair(item, tally, faults),
            tally =>
            {
                lock (sum) sum.Add(tally);
            });

        var report = sum.Report(split, faults.Count, faults.IsEmpty ? DataSetHash.Of(_dataSet, split) : null);
        if (report.Pairs > 0 && report.Pixels == report.LeftOutPixels) AddAllLeftOut(report, faults);
        _faults.AddRange(faults.OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => new DataSetFault(split, f.Path, f.Message)));
        return report with { Faults = faults.Count };
    }

    private SplitTally CheckPair(SegmentationItem item, SplitTally tally, ConcurrentBag<DataSetException> faults)
    {
        // Each half is read by itself, since both may be at fault.
        var image = Try(() => _dataSet.ReadImage(item), faults);
        var labels = Try(() => ReadLabels(item, faults), faults);
        if (image is not null && labels is not null)
        {
            if (FileDataSet.SizeFault(item, image, labels) is { } fault) AddFault(fault, faults);
            else tally.Add(labels);
        }

        _progress.Report(new DataSetCheckProgress(Interlocked.Increment(ref _done), _total, Volatile.Read(ref _faultsSoFar)));
        return tally;
    }

    private LabelMap ReadLabels(SegmentationItem item, ConcurrentBag<DataSetException> faults)
    {
        var (codes, indices) = (_dataSet.CodesOf(item), LabelFile.Read(item.LabelPath));
        var labels = codes.Map(indices, item.LabelPath);
        if (codes.Doubt(indices, item.LabelPath) is { } doubt) AddFault(doubt, faults);
        return labels;
    }

    private T? Try<T>(Func<T> read, ConcurrentBag<DataSetException> faults)
        where T : class
    {
        try
        {
            return read();
        }
        catch (DataSetException e)
        {
            AddFault(e, faults);
            return null;
        }
    }

    private void AddFault(DataSetException fault, ConcurrentBag<DataSetException> faults)
    {
        faults.Add(fault);
        Interlocked.Increment(ref _faultsSoFar);
    }

    private void AddAllLeftOut(SplitReport report, ConcurrentBag<DataSetException> faults)
    {
        var what = $"Every pixel of the split {report.Split} is left out: nothing of it can be trained on or scored";
        if (report.Split == "test") _notes.Add($"{what}, as in test splits whose labels the publishers keep back.");
        else AddFault(new DataSetException(_dataSet.Root, $"{what}. Its labels hold no class at all."), faults);
    }

    private void CheckDefaultSplits(Dictionary<string, SplitListing> listings)
    {
        var (train, test) = (_dataSet.DefaultTrainSplit, _dataSet.DefaultTestSplit);
        if (!listings.ContainsKey(train))
            _notes.Add($"There is no split {train}: evaluation trains on it unless --train-split names another.");
        if (!listings.ContainsKey(test)) _notes.Add($"There is no split {test}: evaluation scores it unless --test-split names another.");
        if (!listings.TryGetValue(train, out var trained) || !listings.TryGetValue(test, out var scored)) return;

        // The lists that come with the extra labels of PASCAL VOC are known to contain images of val.
        var shared = trained.Items.Select(i => i.ImagePath).Intersect(scored.Items.Select(i => i.ImagePath)).ToList();
        if (shared.Count == 0) return;
        Interlocked.Increment(ref _faultsSoFar);
        _faults.Add(new DataSetFault(train, shared[0], $"{shared.Count:N0} {(shared.Count == 1 ? "image is" : "images are")} in {train} "
            + $"as well as in {test}, {shared[0]} first: scores would be of images that were trained on. Take them out of one list."));
    }

    private void NoteClasses(List<SplitReport> reports)
    {
        if (reports.All(r => r.Pairs == 0)) return;
        var never = _dataSet.Classes.Where((_, c) => reports.All(r => r.Classes[c].Pixels == 0)).Select(c => c.Name).ToList();
        if (never.Count > 0) _notes.Add($"Never labelled in any split: {string.Join(", ", never)}.");
        if (_dataSet.Remark is { } remark) _notes.Add(remark);
    }
}
