using CACL.Learning.Augmentation;
using CACL.Learning.Networks;
using CACL.Learning.Weights;

namespace CACL.Learning.Methods;

/// <summary>
/// A training method: networks, optimiser and whatever else it keeps from step to step. Owns all of it; made, used and disposed on one
/// thread.
/// </summary>
public interface IMethod : IDisposable
{
    /// <summary>The online network: what is evaluated and exported. Still owned here.</summary>
    NetworkWeights Online { get; }

    /// <summary>
    /// One step on a batch of views. If a loss is not finite (<see cref="StepResult.IsFinite"/>), neither parameters nor statistics,
    /// optimiser or queues have changed and the next step goes on as if this batch had never been.
    /// </summary>
    /// <param name="views">Views of B pairs; stay the caller's.</param>
    /// <param name="settings">Learning rate, weights, and who looks on.</param>
    /// <exception cref="ArgumentException">Views that do not fit together or to the method's settings.</exception>
    StepResult Step(Views views, StepSettings settings);

    /// <summary>A copy of its state on the host, for others to write while training goes on. Called between two steps.</summary>
    /// <param name="reuse">An earlier snapshot of this run that its owner hands back: its arrays are overwritten instead of new ones
    /// made.</param>
    TrainingSnapshot Snapshot(TrainingSnapshot? reuse = null);

    /// <summary>Continues from a snapshot, bit for bit. Nothing changes if it does not fit.</summary>
    /// <exception cref="ArgumentException">A tensor or counter is missing, of another shape, or unknown: the snapshot is of another
    /// architecture.</exception>
    void Restore(TrainingSnapshot snapshot);

    /// <summary>
    /// Starts its networks from weights of torchvision's names, such as MoCo-v2's: all of the backbone must be there, heads may be. The
    /// rest of its state is left as it is.
    /// </summary>
    /// <returns>The names that were not among the weights and keep their start: heads.</returns>
    /// <exception cref="ArgumentException">A tensor of the backbone is missing or of another shape. Nothing has changed then.</exception>
    IReadOnlyList<string> InitialiseFrom(IEnumerable<SnapshotTensor> weights);
}
