namespace CACL.Actors.Membership;

/// <summary>A worker as the training sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is, host and port.</param>
/// <param name="Decoders">Number of its decoders; 0: it evaluates.</param>
/// <param name="Pairs">Pairs that it has decoded.</param>
/// <param name="HandedBack">Plans or evaluations that it has handed back.</param>
/// <param name="Bytes">Bytes of pairs that came from it, or of checkpoints that it fetched.</param>
/// <param name="BytesPerSecond">Bytes a second since it was asked for last.</param>
/// <param name="Leaving">Whether it takes nothing more.</param>
public sealed record WorkerStatus(
    string Name, string Address, int Decoders, long Pairs, long HandedBack, long Bytes, double BytesPerSecond, bool Leaving)
{
    /// <summary>What it is in the cluster.</summary>
    public string Role { get; init; } = ClusterMember.Decoder;

    /// <summary>How many evaluations it makes at once; 0: it decodes.</summary>
    public int Evaluations { get; init; }

    /// <summary>Evaluations that it has made.</summary>
    public long Evaluated { get; init; }

    /// <summary>The evaluations that it makes now, in words.</summary>
    public IReadOnlyList<string> Doing { get; init; } = [];
}
