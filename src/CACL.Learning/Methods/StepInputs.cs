using CACL.Learning.Augmentation;
using CACL.Learning.Ranks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>All that a step computes from besides its state, on the device. Owns nothing.</summary>
/// <param name="View">v [B,3,S,S].</param>
/// <param name="ViewPlus">v₊ [B,3,S,S].</param>
/// <param name="Places">Which rows go where.</param>
/// <param name="Scalars">Learning rate, momentum and the losses' weights.</param>
internal sealed record StepInputs(Tensor View, Tensor ViewPlus, StepPlaces Places, StepScalars Scalars)
{
    /// <summary>Where in their frames the views lie, [2B,5] float32 (see <see cref="ViewBoxes"/>); null where nobody said so.</summary>
    public Tensor? Boxes { get; init; }

    /// <summary>Sends samples to the ranks whose batch statistics they are to have; null: there is one rank.</summary>
    public BatchExchange? Exchange { get; init; }

    /// <summary>Notified at the end of each part of the step; null: nobody measures.</summary>
    public StepClock? Clock { get; init; }

    /// <summary>See <see cref="StepSettings.InspectGradient"/>.</summary>
    public Action<string, Tensor>? InspectGradient { get; init; }
}
