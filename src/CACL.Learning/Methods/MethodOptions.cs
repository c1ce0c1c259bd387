using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>All settings of a method that decide what its steps compute, and the factory of the method.</summary>
public abstract record MethodOptions
{
    /// <summary>Seed of all random initialisation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Backbone of the method's networks.</summary>
    public Backbone Backbone { get; init; } = Backbone.ResNet18;

    /// <summary>The heads of the online network.</summary>
    public abstract IReadOnlyList<HeadSpec> HeadSpecs { get; }

    /// <summary>Describes the method to the rest of the program.</summary>
    public abstract MethodDescription Describe();

    /// <summary>Creates the method at step 0 of a run.</summary>
    /// <param name="device">Device of all its tensors.</param>
    /// <param name="precision">The precision in which it computes.</param>
    /// <param name="cudaGraph">Whether a card replays a recorded step; of no effect on a processor.</param>
    /// <exception cref="ArgumentException">Some settings are incompatible; the message names all of them.</exception>
    public abstract IMethod Create(Device device, Precision precision = Precision.Fp32, bool cudaGraph = false);
}
