namespace CACL.Actors.Tests.Fakes;

/// <summary>A clock that stands still until a test advances it.</summary>
internal sealed class StandingClock : TimeProvider
{
    private long _timestamp;
    private DateTimeOffset _wallClock = DateTimeOffset.UnixEpoch;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _timestamp);

    public override DateTimeOffset GetUtcNow() => _wallClock;

    public void Jump(TimeSpan time)
    {
        Interlocked.Add(ref _timestamp, time.Ticks);
        _wallClock += time;
    }

    public void SetWallClock(DateTimeOffset time) => _wallClock = time;
}
