using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using CACL.Learning.Ranks;
using CACL.Learning.Weights;

namespace CACL.Learning.Methods;

/// <summary>
/// A training method: its networks, its optimiser and whatever else it keeps from step to step. Owns all of it; created, used and disposed
/// on one thread.
/// </summary>
public interface IMethod : IDisposable
{
    /// <summary>The online network, which is evaluated and exported. Owned by the method.</summary>
    NetworkWeights Online { get; }

    /// <summary>
    /// Begins one step on a batch of views, which takes place on the device behind what was begun before. If a loss is not finite
    /// (<see cref="StepResult.IsFinite"/>), parameters, statistics, optimiser and queues are unchanged, and the next step continues as if
    /// this batch had never been, also if it was begun before that was known.
    /// </summary>
    /// <param name="views">Views of B pairs; they stay the caller's.</param>
    /// <param name="settings">Learning rate, loss weights and observers.</param>
    /// <exception cref="ArgumentException">The views do not fit together, or do not fit the method's settings.</exception>
    /// <exception cref="LostRankException">The ranks cannot go on together; its own state is as if this batch had never been.</exception>
    StepNumbers Begin(Views views, StepSettings settings);

    /// <summary>
    /// Has it take its steps together with other ranks, each on its own part of the batch: the gradient, the statistics and the figures are
    /// the means over all ranks, and what enters the queues comes from all of them, in their order. Called before the first step.
    /// </summary>
    /// <exception cref="ArgumentException">The method cannot do that; the message says why.</exception>
    void Join(ITensorCollectives ranks);

    /// <summary>Returns a checksum of all numbers that it keeps from step to step, 16 bytes. Called between two steps.</summary>
    byte[] Checksum();

    /// <summary>Takes one step and waits for its result.</summary>
    StepResult Step(Views views, StepSettings settings) => Begin(views, settings).Read();

    /// <summary>
    /// Returns a snapshot of its state on the host, which others can write to disk while training goes on. Called between two steps.
    /// </summary>
    /// <param name="reuse">An earlier snapshot of this run that its owner hands back: its arrays are overwritten, so that no new ones are
    /// allocated.</param>
    TrainingSnapshot Snapshot(TrainingSnapshot? reuse = null);

    /// <summary>Restores a snapshot, from which the next step continues bit for bit. Nothing changes if it does not fit.</summary>
    /// <exception cref="ArgumentException">A tensor or counter is missing, has another shape, or is unknown: the snapshot belongs to
    /// another architecture.</exception>
    void Restore(TrainingSnapshot snapshot);

    /// <summary>
    /// Initialises its networks from weights with torchvision's names, such as MoCo-v2's: the backbone must be complete, heads may be
    /// missing. The rest of its state is unchanged.
    /// </summary>
    /// <returns>The names that were not among the weights and keep their initial values, which are heads.</returns>
    /// <exception cref="ArgumentException">A tensor of the backbone is missing or has another shape. Nothing has changed then.</exception>
    IReadOnlyList<string> InitialiseFrom(IEnumerable<SnapshotTensor> weights);
}
