using Akka.Actor;
using CACL.Data.Batches;

namespace CACL.Actors.Serialization;

/// <summary>Where an actor system gets the memory for pairs that come from another process.</summary>
internal sealed class PairMemory : IExtension
{
    private volatile FramePairPool? _pool;

    /// <summary>The one of an actor system.</summary>
    public static PairMemory Of(ActorSystem system) => system.WithExtension<PairMemory, Provider>();

    /// <summary>Takes pairs' memory from this pool from now on. It stays the caller's.</summary>
    public void Use(FramePairPool pool) => _pool = pool;

    /// <summary>Memory for one pair, owned by the caller.</summary>
    /// <exception cref="InvalidOperationException">No run has begun here.</exception>
    public FramePair Rent() =>
        _pool?.Rent() ?? throw new InvalidOperationException("A pair came before a run had begun that could take it.");

    internal sealed class Provider : ExtensionIdProvider<PairMemory>
    {
        public override PairMemory CreateExtension(ExtendedActorSystem system) => new();
    }
}
