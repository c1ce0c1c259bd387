using System.Diagnostics;

namespace CACL.Actors.Membership;

/// <summary>A linked worker, for those who ask about it from other threads.</summary>
/// <param name="now">Returns what it did so far, without the bytes a second.</param>
internal sealed class WorkerEntry(Func<WorkerStatus> now)
{
    // A rate over less than this says little.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private long _since = Stopwatch.GetTimestamp();
    private long _bytes;
    private double _rate;

    /// <summary>Whether it takes nothing more.</summary>
    public bool Leaving { get; set; }

    /// <summary>What there is to say about it now.</summary>
    public WorkerStatus Status
    {
        get
        {
            lock (_gate)
            {
                var status = now();
                var bytes = status.Bytes;
                var time = Stopwatch.GetElapsedTime(_since);
                if (time >= Shortest)
                {
                    (_rate, _bytes, _since) = ((bytes - _bytes) / time.TotalSeconds, bytes, Stopwatch.GetTimestamp());
                }

                return status with { BytesPerSecond = _rate, Leaving = Leaving };
            }
        }
    }
}
