namespace CACL.Actors.Videos;

/// <summary>The videos that turned out bad during this run. Thread-safe.</summary>
internal sealed class Quarantine
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _ids = [];
    private readonly HashSet<long> _leftOut = [];
    private readonly int _found;
    private readonly int _badBefore;
    private readonly double _maxShare;

    /// <param name="usable">Usable videos by the catalogue.</param>
    /// <param name="unusable">Videos that the scan found unusable.</param>
    /// <param name="maxShare">Share of all videos that may be bad.</param>
    public Quarantine(int usable, int unusable, double maxShare)
    {
        _found = usable + unusable;
        _badBefore = unusable;
        _maxShare = maxShare;
    }

    /// <summary>Bad videos, those that the scan found included.</summary>
    public int Bad
    {
        get
        {
            lock (_gate) return _badBefore + _ids.Count;
        }
    }

    /// <summary>Whether more videos are bad than the settings allow.</summary>
    public bool TooMany => Bad > _maxShare * _found;

    /// <summary>A sentence on what was too much.</summary>
    public string Verdict =>
        $"{Bad} of {_found} videos are unusable, more than the share of {_maxShare:0.##} that cacl.data.max-bad-share allows. "
        + "quarantine.jsonl in the run folder names each with its reason.";

    /// <summary>Whether the video is not even tried any more.</summary>
    public bool LeavesOut(long id)
    {
        lock (_gate) return _leftOut.Contains(id);
    }

    /// <summary>Notes a bad video; false if it was known.</summary>
    /// <param name="id">The video.</param>
    /// <param name="leaveOut">Whether it is not to be tried again: it made a decoder hang or crash.</param>
    public bool Add(long id, bool leaveOut)
    {
        lock (_gate)
        {
            if (leaveOut) _leftOut.Add(id);
            return _ids.Add(id);
        }
    }
}
