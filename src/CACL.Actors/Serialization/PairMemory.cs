using System.Runtime.Serialization;
using Akka.Actor;
using CACL.Data.Batches;

namespace CACL.Actors.Serialization;

/// <summary>Supplies an actor system with memory for pairs that come from another process.</summary>
internal sealed class PairMemory : IExtension
{
    private volatile FramePairPool? _pool;

    /// <summary>Returns the instance of an actor system.</summary>
    public static PairMemory Of(ActorSystem system) => system.WithExtension<PairMemory, Provider>();

    /// <summary>The pool, or null before a run has begun.</summary>
    public FramePairPool? Pool => _pool;

    /// <summary>Sets the pool that memory is taken from. It stays the caller's.</summary>
    public void Use(FramePairPool pool) => _pool = pool;

    /// <summary>Memory for one pair, owned by the caller.</summary>
    /// <exception cref="SerializationException">No run has begun here, or it is over.</exception>
    public FramePair Rent()
    {
        try
        {
            return _pool?.Rent() ?? throw new SerializationException("A pair came before a run had begun that could take it.");
        }
        catch (ObjectDisposedException cause)
        {
            throw new SerializationException("A pair came when the run was over that could take it.", cause);
        }
    }

    internal sealed class Provider : ExtensionIdProvider<PairMemory>
    {
        public override PairMemory CreateExtension(ExtendedActorSystem system) => new();
    }
}
