using System.Runtime.InteropServices;
using System.Text.Json;
using CACL.Learning.Ranks;
using CACL.Learning.Weights;

namespace CACL.Learning.DataParallel;

/// <summary>Brings rank 0's state to the others, tensor by tensor: what a run begins with, or continues from.</summary>
internal static class SharedState
{
    private const string What = "bringing the state of rank 0 to all";

    /// <summary>Returns what rank 0 says beforehand: the counters, and the tensors' names.</summary>
    public static string Describe(TrainingSnapshot state) =>
        JsonSerializer.Serialize(new Description(new(state.Counters), [.. state.Tensors.Select(tensor => tensor.Name)]));

    /// <summary>Sends it.</summary>
    public static void Send(ICollectives ranks, TrainingSnapshot state)
    {
        foreach (var tensor in state.Tensors) ranks.Broadcast(MemoryMarshal.AsBytes(tensor.Values.AsSpan()), What);
    }

    /// <summary>Receives it into the memory of a state of the same method.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="own">This rank's own state, which is overwritten.</param>
    /// <param name="description">What rank 0 said.</param>
    /// <exception cref="LostRankException">Rank 0 has another method, so that the ranks cannot go on.</exception>
    public static TrainingSnapshot Receive(ICollectives ranks, TrainingSnapshot own, string description)
    {
        var given = JsonSerializer.Deserialize<Description>(description)!;
        if (!given.Tensors.SequenceEqual(own.Tensors.Select(tensor => tensor.Name)))
            throw new LostRankException("Rank 0 trains another network: start all ranks with the same settings.");
        Send(ranks, own); // a broadcast is the same call on both sides
        return new TrainingSnapshot(own.Tensors, given.Counters);
    }

    private sealed record Description(Dictionary<string, long> Counters, string[] Tensors);
}
