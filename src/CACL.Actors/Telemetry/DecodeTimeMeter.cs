namespace CACL.Actors.Telemetry;

/// <summary>Measures the mean decoding time of about the last <see cref="Window"/> pairs. Thread-safe.</summary>
public sealed class DecodeTimeMeter
{
    /// <summary>Number of pairs in the moving average.</summary>
    public const int Window = 200;

    private readonly Lock _gate = new();
    private double _mean;
    private long _pairs;

    /// <summary>Mean time of a pair in seconds; null before the first.</summary>
    public double? SecondsPerPair
    {
        get
        {
            lock (_gate) return _pairs > 0 ? _mean : null;
        }
    }

    /// <summary>Records a decoded pair.</summary>
    public void Observe(TimeSpan taken)
    {
        lock (_gate)
        {
            _pairs++;
            // This is the plain mean at first, and an exponential moving average from then on.
            _mean += (taken.TotalSeconds - _mean) / Math.Min(_pairs, Window);
        }
    }
}
