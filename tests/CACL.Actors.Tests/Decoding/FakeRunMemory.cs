using CACL.Actors.Serialization;

namespace CACL.Actors.Tests.Fakes;

/// <summary>What a run's pool of pairs says of itself.</summary>
internal sealed partial class FakeRun
{
    /// <summary>The most bytes of decoded pairs that were in flight at once, by the pool's own account.</summary>
    public long MostBytesInFlight => PairMemory.Of(_system).Pool is { } pool ? pool.MostRented * pool.BytesPerPair : 0;
}
