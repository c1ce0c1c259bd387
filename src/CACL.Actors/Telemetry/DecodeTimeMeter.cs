namespace CACL.Actors.Telemetry;

/// <summary>How long decoding a pair takes, over about the last <see cref="Window"/> pairs. Thread-safe.</summary>
public sealed class DecodeTimeMeter
{
    /// <summary>Pairs over which the mean is taken.</summary>
    public const int Window = 200;

    private readonly Lock _gate = new();
    private double _mean;
    private long _pairs;

    /// <summary>Mean seconds a pair; null before the first.</summary>
    public double? SecondsPerPair
    {
        get
        {
            lock (_gate) return _pairs > 0 ? _mean : null;
        }
    }

    /// <summary>A pair was decoded.</summary>
    public void Observe(TimeSpan taken)
    {
        lock (_gate)
        {
            _pairs++;
            // The plain mean at first, then one in which what is older counts ever less.
            _mean += (taken.TotalSeconds - _mean) / Math.Min(_pairs, Window);
        }
    }
}
