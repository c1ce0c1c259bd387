namespace CACL.Node.Pictures;

/// <summary>Reports every few seconds how much of a clip is done, how fast it goes, and when it will be done.</summary>
internal sealed class FrameProgress(long? total, TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    private readonly long _start = clock.GetTimestamp();
    private long _last = clock.GetTimestamp();

    /// <summary>Returns the frames per second since the start.</summary>
    public double Rate(long done) => done / Math.Max(1e-3, clock.GetElapsedTime(_start).TotalSeconds);

    /// <summary>Reports that so many frames are done.</summary>
    public void Report(long done)
    {
        if (clock.GetElapsedTime(_last) < Every) return;
        _last = clock.GetTimestamp();
        var rate = Rate(done);
        // The container's number of frames may be wrong.
        output.WriteLine(total is { } all && all >= done
            ? $"{done:N0} of about {all:N0} frames, {rate:0.0} frames/s, about {Remaining((all - done) / rate)} left"
            : $"{done:N0} frames, {rate:0.0} frames/s");
    }

    private static string Remaining(double seconds) => seconds switch
    {
        < 90 => $"{seconds:0} s",
        < 5400 => $"{seconds / 60:0} min",
        _ => $"{seconds / 3600:0.0} h",
    };
}
