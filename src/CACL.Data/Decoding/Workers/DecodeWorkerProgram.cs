namespace CACL.Data.Decoding.Workers;

/// <summary>The program that runs <see cref="DecodeWorker"/>: this one, started once more.</summary>
/// <param name="FileName">Its path, or a name to look up on the PATH.</param>
/// <param name="Arguments">Its arguments; <see cref="Verb"/> is the last.</param>
public sealed record DecodeWorkerProgram(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The argument by which the program knows that it is to be a worker.</summary>
    public const string Verb = "decode-worker";

    /// <summary>
    /// Called when a worker was lost with a request and another one takes its place: a sentence that says what happened. May be called on
    /// several threads at once.
    /// </summary>
    public Action<string>? Replaced { get; init; }
}
