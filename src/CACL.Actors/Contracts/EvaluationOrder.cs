using CACL.Learning.Weights;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Contracts;

/// <summary>What a worker on another machine is told of an evaluation: all that decides its figures.</summary>
/// <param name="Target">Data set, protocol and variant.</param>
/// <param name="Step">Steps done at the checkpoint.</param>
/// <param name="Data">What the data set must be.</param>
/// <param name="Checkpoint">The files to fetch; see <see cref="CheckpointPart.ToEvaluate"/>.</param>
/// <param name="Settings">The run's settings that decide what is measured, as <c>key=value</c>.</param>
public sealed record EvaluationOrder(
    EvaluationTarget Target, long Step, OrderedData Data, IReadOnlyList<CheckpointPart> Checkpoint, IReadOnlyList<string> Settings)
{
    /// <summary>Returns the order in words, such as <c>step 400 on camvid (linear, quick)</c>.</summary>
    public override string ToString() => $"step {Step} on {Target}";
}

/// <summary>What a data set is, wherever it lies.</summary>
/// <param name="Name">Its name in the settings.</param>
/// <param name="Kind">Its layout: cityscapes, voc or folder.</param>
/// <param name="Train">The split to learn from.</param>
/// <param name="Test">The split to score.</param>
public sealed record OrderedData(string Name, string Kind, OrderedSplit Train, OrderedSplit Test);

/// <summary>What a split contains.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Images">Number of images in it.</param>
/// <param name="Sha256">See <see cref="CACL.Data.DataSets.DataSetHash"/>.</param>
public sealed record OrderedSplit(string Name, int Images, string Sha256);
