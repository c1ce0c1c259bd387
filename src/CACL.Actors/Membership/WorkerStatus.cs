namespace CACL.Actors.Membership;

/// <summary>A worker as the training sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is, host and port.</param>
/// <param name="Decoders">Number of its decoders.</param>
/// <param name="Pairs">Pairs that it has decoded.</param>
/// <param name="HandedBack">Plans that it has handed back.</param>
/// <param name="Bytes">Bytes that came from it.</param>
/// <param name="BytesPerSecond">Bytes a second since it was asked for last.</param>
/// <param name="Leaving">Whether it takes no more plans.</param>
public sealed record WorkerStatus(
    string Name, string Address, int Decoders, long Pairs, long HandedBack, long Bytes, double BytesPerSecond, bool Leaving);
