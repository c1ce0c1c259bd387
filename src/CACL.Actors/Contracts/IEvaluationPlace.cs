using System.Text.Json.Nodes;
using Akka.Actor;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>A worker on another machine, as the evaluator sees it. Thread-safe.</summary>
internal interface IEvaluationPlace
{
    /// <summary>The worker's name.</summary>
    string Worker { get; }

    /// <summary>How many evaluations it makes at once.</summary>
    int AtOnce { get; }

    /// <summary>Has the worker evaluate a checkpoint.</summary>
    /// <param name="request">The checkpoint and the target.</param>
    /// <param name="cancel">Cancels it: the call ends at once, and the worker is told.</param>
    /// <exception cref="DataSetElsewhereException">The worker cannot evaluate on that data set.</exception>
    /// <exception cref="Exception">The worker is lost, or has failed: the message is a clause that says why.</exception>
    Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel);
}

/// <summary>A worker lacks a data set, or has another one of that name. The message is a clause for the log.</summary>
internal sealed class DataSetElsewhereException(string message) : Exception(message);

/// <summary>Messages between the evaluator and the links to workers that evaluate, which are in the same process.</summary>
internal static class PlaceProtocol
{
    /// <summary>Tells a link that the sender, an evaluator, has evaluations for it.</summary>
    internal sealed record Serve : IRunMessage;

    /// <summary>Offers the evaluator a place. It is gone when the sender, a link, is.</summary>
    internal sealed record Offered(IEvaluationPlace Place) : INoSerializationVerificationNeeded;

    /// <summary>Tells the evaluator that the sender's place takes nothing more; what it has is made.</summary>
    internal sealed record Withdrawn : IRunMessage;
}
