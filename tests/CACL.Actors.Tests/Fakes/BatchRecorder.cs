using System.Security.Cryptography;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Weights;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Trains nothing, and writes down the SHA-256 of each batch that it is given.</summary>
/// <param name="seen">Receives a line a batch.</param>
internal sealed class BatchRecorder(List<string> seen) : ITrainingEngine
{
    public static TrainingSnapshot Nothing { get; } = new([], new Dictionary<string, long>());

    public StepResult Step(PairBatch batch, StepSettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var pair in batch.Pairs)
        {
            hash.AppendData(pair.First);
            hash.AppendData(pair.Second);
        }

        seen.Add($"{batch.Step} {batch.Epoch} {Convert.ToHexString(hash.GetHashAndReset())}");
        return CaclResults.Of(1, rate: settings.LearningRate);
    }

    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) => Nothing;

    public void Restore(TrainingSnapshot snapshot)
    {
    }

    public void Dispose()
    {
    }
}
