namespace CACL.Learning.Methods;

/// <summary>
/// What the ranks' last step took, as the slowest saw it: the others wait for it, so that what it exchanges is what exchanging costs.
/// </summary>
/// <param name="Slowest">The rank that computed longest.</param>
/// <param name="Computing">Its seconds without the exchanges.</param>
/// <param name="Exchanging">Its seconds in exchanges.</param>
public sealed record RankTimes(int Slowest, double Computing, double Exchanging);
