using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// All tensors of one network by name, stored in two flat tensors: parameters and running statistics. What concerns all parameters at once
/// (the EMA update, the optimiser's last step) is then a single operation. Weights of convolutions are stored channels-last, [O,H,W,I], and
/// viewed as [O,I,H,W]. Owns its memory; used by one thread.
/// </summary>
public sealed class NetworkWeights : IDisposable
{
    // Each tensor begins on a cache line.
    private const long Alignment = 16;

    private readonly Dictionary<string, Tensor> _views = new(StringComparer.Ordinal);

    // The matrices as the products take them, where that is rounder than they are: one flat tensor and a view for each.
    private readonly Dictionary<string, Tensor> _rounded = new(StringComparer.Ordinal);
    private readonly Tensor? _allRounded;

    /// <summary>Creates the weights of a backbone and these heads, all zero.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="heads">The heads.</param>
    /// <param name="device">Device of the tensors.</param>
    /// <param name="trainable">Whether the parameters require gradients.</param>
    /// <param name="precision">The precision in which the network is computed; all that is stored here is float32 nevertheless.</param>
    public NetworkWeights(
        Backbone backbone, IReadOnlyList<HeadSpec> heads, Device device, bool trainable = false, Precision precision = Precision.Fp32)
        : this(backbone, heads, NetworkShapes.Of(backbone, heads), device, trainable, precision)
    {
    }

    private NetworkWeights(
        Backbone backbone, IReadOnlyList<HeadSpec> heads, IReadOnlyList<NetworkTensor> tensors, Device device, bool trainable,
        Precision precision)
    {
        ArgumentNullException.ThrowIfNull(device);
        Backbone = backbone;
        Heads = heads;
        Tensors = tensors;
        Precision = precision;
        FactorType = precision.Factors();
        using var scope = NewDisposeScope();
        Parameters = Flat(Tensors.Where(tensor => !tensor.IsStatistic), device, precision.Exact(), trainable);
        Statistics = Flat(Tensors.Where(tensor => tensor.IsStatistic), device, precision.Exact(), trainable: false);
        ParameterNames = [.. Tensors.Where(tensor => !tensor.IsStatistic).Select(tensor => tensor.Name)];
        ParameterList = [.. ParameterNames.Select(name => _views[name])];
        if (precision.Factors() != precision.Exact())
        {
            _allRounded = zeros_like(Parameters, FactorType).DetachFromDisposeScope();
            foreach (var (tensor, at) in Places(Tensors.Where(t => !t.IsStatistic)).Where(place => place.Tensor.Shape.Length > 1))
                _rounded.Add(tensor.Name, View(_allRounded, tensor, at).requires_grad_(trainable).DetachFromDisposeScope());
        }

        Factors = [.. ParameterNames.Select(Factor)];
        foreach (var view in _views.Values) view.DetachFromDisposeScope();
        Parameters.DetachFromDisposeScope();
        Statistics.DetachFromDisposeScope();
    }

    /// <summary>Creates zeros for any tensors, of no network, with which the optimiser is verified.</summary>
    internal static NetworkWeights Of(IReadOnlyList<NetworkTensor> tensors, Device device) =>
        new(default, [], tensors, device, trainable: false, Precision.Fp32);

    /// <summary>The backbone whose tensors these are.</summary>
    public Backbone Backbone { get; }

    /// <summary>The heads whose tensors these are.</summary>
    public IReadOnlyList<HeadSpec> Heads { get; }

    /// <summary>Names and shapes in the network's order.</summary>
    public IReadOnlyList<NetworkTensor> Tensors { get; }

    /// <summary>Names of the parameters in the network's order.</summary>
    public IReadOnlyList<string> ParameterNames { get; }

    /// <summary>The tensor with this name; owned by the network.</summary>
    /// <exception cref="KeyNotFoundException">No tensor has that name.</exception>
    public Tensor this[string name] => _views.TryGetValue(name, out var view)
        ? view
        : throw new KeyNotFoundException($"A {Backbone} with heads {string.Join(", ", Heads.Select(head => head.Name))} has no tensor "
            + $"named {name}.");

    /// <summary>The precision in which the network is computed.</summary>
    internal Precision Precision { get; }

    /// <summary>All parameters in one flat tensor, with zeros in the gaps between them.</summary>
    internal Tensor Parameters { get; }

    /// <summary>All running statistics in one flat tensor.</summary>
    internal Tensor Statistics { get; }

    /// <summary>The parameters, in the order of <see cref="ParameterNames"/>.</summary>
    internal IReadOnlyList<Tensor> ParameterList { get; }

    /// <summary>What products take for the parameters, in the same order: the tensors that a gradient is computed for.</summary>
    internal IReadOnlyList<Tensor> Factors { get; }

    /// <summary>The type of the matrices among <see cref="Factors"/> and of the maps between two layers.</summary>
    internal ScalarType FactorType { get; }

    /// <summary>
    /// Returns what products take for a tensor: in bfloat16 its rounded copy if it is a matrix, as <see cref="Round"/> last made it; else
    /// the tensor itself. Owned by the network.
    /// </summary>
    /// <exception cref="KeyNotFoundException">No tensor has that name.</exception>
    internal Tensor Factor(string name) => _rounded.TryGetValue(name, out var rounded) ? rounded : this[name];

    /// <summary>Rounds the matrices for the products, if the precision has them rounded. Called whenever parameters have changed.</summary>
    internal void Round()
    {
        if (_allRounded is null) return;
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        _allRounded.copy_(Parameters);
    }

    /// <summary>Initialises every tensor (METHOD.md §4): the same seed gives the same values on every device.</summary>
    public void Initialise(ulong seed)
    {
        var values = new float[Tensors.Count][];
        Parallel.For(0, values.Length, i => values[i] = WeightInitialisation.Of(Tensors[i], seed));
        for (var i = 0; i < values.Length; i++) Write(Tensors[i].Name, values[i]);
    }

    /// <summary>Sets one tensor from row-major values.</summary>
    /// <exception cref="ArgumentException">There are not as many values as the tensor has.</exception>
    public void Write(string name, ReadOnlySpan<float> values) => HostCopy.Write(this[name], values, name);

    /// <summary>Copies one tensor row-major to the host.</summary>
    /// <exception cref="ArgumentException">There are not as many places as the tensor has values.</exception>
    public void Read(string name, Span<float> values) => HostCopy.Read(this[name], values, name);

    /// <summary>
    /// Copies the values of another network with the same backbone and the same heads, which may have more heads after these.
    /// </summary>
    public void CopyFrom(NetworkWeights other)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        Parameters.copy_(Beginning(other.Parameters, Parameters));
        Statistics.copy_(Beginning(other.Statistics, Statistics));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _rounded.Values) view.Dispose();
        _allRounded?.Dispose();
        foreach (var view in _views.Values) view.Dispose();
        Parameters.Dispose();
        Statistics.Dispose();
    }

    /// <summary>
    /// Returns the part of <see cref="Parameters"/> that a network has which lacks the last of these heads: the same memory, in the
    /// caller's dispose scope.
    /// </summary>
    internal Tensor ParametersOf(NetworkWeights smaller) => Beginning(Parameters, smaller.Parameters);

    /// <summary>
    /// Returns views like the parameters' into <paramref name="flat"/>, a tensor laid out like <see cref="Parameters"/>. The caller owns
    /// them.
    /// </summary>
    internal List<Tensor> ParameterViews(Tensor flat) =>
        [.. Places(Tensors.Where(tensor => !tensor.IsStatistic)).Select(place => View(flat, place.Tensor, place.Offset))];

    private static Tensor Beginning(Tensor flat, Tensor like) => flat.numel() == like.numel() ? flat : flat.narrow(0, 0, like.numel());

    private Tensor Flat(IEnumerable<NetworkTensor> tensors, Device device, ScalarType precision, bool trainable)
    {
        var places = Places(tensors).ToList();
        if (places.Count == 0) return zeros(0, precision, device);
        var (last, offset) = places[^1];
        var flat = zeros(offset + last.Count, precision, device);
        foreach (var (tensor, at) in places) _views.Add(tensor.Name, View(flat, tensor, at).requires_grad_(trainable));
        return flat;
    }

    private static IEnumerable<(NetworkTensor Tensor, long Offset)> Places(IEnumerable<NetworkTensor> tensors)
    {
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            yield return (tensor, offset);
            offset += (tensor.Count + Alignment - 1) / Alignment * Alignment;
        }
    }

    private static Tensor View(Tensor flat, NetworkTensor tensor, long offset)
    {
        long[] strides = tensor.Shape is [_, var input, var height, var width]
            ? [height * width * input, 1, width * input, input]
            : RowMajor(tensor.Shape);
        using var view = flat.as_strided(tensor.Shape, strides, offset);
        return view.detach();
    }

    private static long[] RowMajor(long[] shape)
    {
        var strides = new long[shape.Length];
        var stride = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }

        return strides;
    }
}
