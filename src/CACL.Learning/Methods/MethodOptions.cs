using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>Every setting of a method that decides what its steps compute, and the method's maker.</summary>
public abstract record MethodOptions
{
    /// <summary>Seed of everything that starts at random.</summary>
    public ulong Seed { get; init; }

    /// <summary>Backbone of its networks.</summary>
    public Backbone Backbone { get; init; } = Backbone.ResNet18;

    /// <summary>The heads of the online network.</summary>
    public abstract IReadOnlyList<HeadSpec> HeadSpecs { get; }

    /// <summary>What the rest of the program needs to know of it.</summary>
    public abstract MethodDescription Describe();

    /// <summary>The method at the start of a run.</summary>
    /// <param name="device">Where everything of it lies.</param>
    /// <exception cref="ArgumentException">Settings that cannot go together; the message names all of them.</exception>
    public abstract IMethod Create(Device device);
}
