using CACL.Actors.Membership;

namespace CACL.Http;

/// <summary>The workers of a run on other machines.</summary>
/// <param name="List">Returns the workers at this moment, without waiting.</param>
/// <param name="Drain">Has a worker of that name finish what it has, and end; returns whether there is one.</param>
public sealed record WorkerDesk(Func<IReadOnlyList<WorkerStatus>> List, Func<string, bool> Drain);
