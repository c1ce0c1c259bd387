namespace CACL.Actors.Videos;

/// <summary>The set of videos that turned out bad during this run. Thread-safe.</summary>
internal sealed class Quarantine
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _ids = [];
    private readonly HashSet<long> _leftOut = [];
    private readonly int _found;
    private readonly int _badBefore;
    private readonly double _maxShare;

    /// <param name="usable">Number of videos that are usable by the catalogue.</param>
    /// <param name="unusable">Number of videos that the scan found unusable.</param>
    /// <param name="maxShare">Maximum share of bad videos.</param>
    public Quarantine(int usable, int unusable, double maxShare)
    {
        _found = usable + unusable;
        _badBefore = unusable;
        _maxShare = maxShare;
    }

    /// <summary>Number of bad videos, including those that the scan found.</summary>
    public int Bad
    {
        get
        {
            lock (_gate) return _badBefore + _ids.Count;
        }
    }

    /// <summary>Whether more videos are bad than the settings allow.</summary>
    public bool TooMany => Bad > _maxShare * _found;

    /// <summary>A sentence that says how many videos are bad and what the limit is.</summary>
    public string Verdict =>
        $"{Bad} of {_found} videos are unusable, more than the share of {_maxShare:0.##} that cacl.data.max-bad-share allows. "
        + "quarantine.jsonl in the run folder names each with its reason.";

    /// <summary>Returns whether a video is excluded from further attempts.</summary>
    public bool LeavesOut(long id)
    {
        lock (_gate) return _leftOut.Contains(id);
    }

    /// <summary>Adds a bad video. Returns false if it was known.</summary>
    /// <param name="id">The video.</param>
    /// <param name="leaveOut">Whether it is excluded from further attempts, since it made a decoder hang or crash.</param>
    public bool Add(long id, bool leaveOut)
    {
        lock (_gate)
        {
            if (leaveOut) _leftOut.Add(id);
            return _ids.Add(id);
        }
    }
}
