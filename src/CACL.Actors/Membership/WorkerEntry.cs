using System.Diagnostics;
using CACL.Actors.Links;

namespace CACL.Actors.Membership;

/// <summary>A linked worker, for those who ask about it from other threads.</summary>
internal sealed class WorkerEntry(string name, string address, int decoders, LinkFigures figures)
{
    // A rate over less than this says little.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private long _since = Stopwatch.GetTimestamp();
    private long _bytes;
    private double _rate;

    /// <summary>Whether it takes no more plans.</summary>
    public bool Leaving { get; set; }

    /// <summary>What there is to say about it now.</summary>
    public WorkerStatus Status
    {
        get
        {
            lock (_gate)
            {
                var bytes = figures.Bytes;
                var time = Stopwatch.GetElapsedTime(_since);
                if (time >= Shortest)
                {
                    (_rate, _bytes, _since) = ((bytes - _bytes) / time.TotalSeconds, bytes, Stopwatch.GetTimestamp());
                }

                return new WorkerStatus(name, address, decoders, figures.Pairs, figures.HandedBack, bytes, _rate, Leaving);
            }
        }
    }
}
