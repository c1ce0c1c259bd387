using System.Text.Json.Nodes;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>Has evaluations made on other machines: writes the orders, and judges what comes back. Thread-safe.</summary>
public interface IEvaluationOrders
{
    /// <summary>Writes the order for a request. May read the data set's labels.</summary>
    /// <exception cref="Exception">There can be none: the message says why.</exception>
    EvaluationOrder Of(EvaluationRequest request);

    /// <summary>
    /// Takes a result in, as if the evaluation had been made here: checks that it is about this checkpoint and these images, and keeps its
    /// files.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="order">Its order.</param>
    /// <param name="made">What a worker made of it.</param>
    /// <returns>The result object.</returns>
    /// <exception cref="Exception">It is about something else, or its files cannot be kept: the message says why.</exception>
    JsonObject Take(EvaluationRequest request, EvaluationOrder order, MadeEvaluation made);
}

/// <summary>What a worker made of an order.</summary>
/// <param name="Result">The result object.</param>
/// <param name="Files">Files beside it, by name: what an evaluation leaves in its folder.</param>
public sealed record MadeEvaluation(JsonObject Result, IReadOnlyDictionary<string, byte[]> Files);

/// <summary>Makes evaluations on a worker.</summary>
public interface IEvaluationBench
{
    /// <summary>
    /// Returns why this worker cannot evaluate on a data set at all, as a clause; null if it can. May read the data set's labels.
    /// </summary>
    string? WhyNot(OrderedData data);

    /// <summary>Evaluates a checkpoint.</summary>
    /// <param name="order">The order.</param>
    /// <param name="checkpoint">Folder of the checkpoint here.</param>
    /// <param name="cancel">Cancelled when nobody waits for it any more: the call must end within seconds and leave nothing
    /// running.</param>
    /// <exception cref="Exception">Any failure: the message says why.</exception>
    Task<MadeEvaluation> EvaluateAsync(EvaluationOrder order, string checkpoint, CancellationToken cancel);
}
