namespace CACL.Actors.Tests.Fakes;

/// <summary>The system's clock, which a test can advance.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long _ahead;

    public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _ahead);

    public void Jump(TimeSpan time) => Interlocked.Add(ref _ahead, (long)(time.TotalSeconds * TimestampFrequency));
}
