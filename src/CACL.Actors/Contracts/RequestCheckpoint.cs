namespace CACL.Actors.Contracts;

/// <summary>Copy the state after the step that runs, and write it.</summary>
internal sealed record RequestCheckpoint;
