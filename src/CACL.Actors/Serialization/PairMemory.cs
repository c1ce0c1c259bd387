using Akka.Actor;
using CACL.Data.Batches;

namespace CACL.Actors.Serialization;

/// <summary>Supplies an actor system with memory for pairs that come from another process.</summary>
internal sealed class PairMemory : IExtension
{
    private volatile FramePairPool? _pool;

    /// <summary>Returns the instance of an actor system.</summary>
    public static PairMemory Of(ActorSystem system) => system.WithExtension<PairMemory, Provider>();

    /// <summary>Sets the pool that memory is taken from. It stays the caller's.</summary>
    public void Use(FramePairPool pool) => _pool = pool;

    /// <summary>Returns memory for one pair, which the caller owns.</summary>
    /// <exception cref="InvalidOperationException">No run has started in this actor system.</exception>
    public FramePair Rent() =>
        _pool?.Rent() ?? throw new InvalidOperationException("A pair came before a run had begun that could take it.");

    internal sealed class Provider : ExtensionIdProvider<PairMemory>
    {
        public override PairMemory CreateExtension(ExtendedActorSystem system) => new();
    }
}
