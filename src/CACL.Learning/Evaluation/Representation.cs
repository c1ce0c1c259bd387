using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CACL.Data.Files;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation;

/// <summary>
/// What is evaluated (METHOD.md §8): the output of a trained backbone in evaluation mode, with the heads removed. Owns its weights; used by
/// one thread.
/// </summary>
public sealed class Representation : IDisposable
{
    /// <summary>The word that stands for an untrained network.</summary>
    public const string Random = "random";

    private readonly ResNet _network;

    private Representation(NetworkWeights weights, Padding padding, long? step, string sha256, string source, IReadOnlyList<string> notes)
    {
        Weights = weights;
        Padding = padding;
        Step = step;
        Sha256 = sha256;
        Source = source;
        Notes = notes;
        weights.Round();
        _network = new ResNet(weights, padding);
    }

    /// <summary>The backbone.</summary>
    public Backbone Backbone => Weights.Backbone;

    /// <summary>Padding of its convolutions.</summary>
    public Padding Padding { get; }

    /// <summary>Training steps done; null where its file does not say.</summary>
    public long? Step { get; }

    /// <summary>SHA-256 of its file, or, if it is untrained, of its tensors' names and values. Lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>The file it was read from, or <see cref="Random"/>.</summary>
    public string Source { get; }

    /// <summary>Sentences for the log that say what its file contains and was not used.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The file and the heads in it, which are not evaluated; null for an untrained network.</summary>
    public BackboneFile? File { get; private init; }

    /// <summary>See <see cref="BackboneFile.Instead"/>.</summary>
    public string? Instead => File?.Instead;

    /// <summary>Channels C of <see cref="Features"/>.</summary>
    public int Channels => NetworkShapes.Channels(Backbone);

    /// <summary>The backbone's tensors, on its device.</summary>
    internal NetworkWeights Weights { get; }

    /// <summary>Loads a backbone.</summary>
    /// <param name="pathOrRandom">See <see cref="BackboneFile.Find"/>; or <see cref="Random"/>, which is step 0 of a training with this
    /// seed.</param>
    /// <param name="backbone">The required backbone; null: the one that its file names, or ResNet-18 for an untrained one.</param>
    /// <param name="seed">Seed of an untrained network.</param>
    /// <param name="device">Device of the computation.</param>
    /// <param name="trainable">Whether its parameters take gradients.</param>
    /// <param name="precision">The precision in which it is computed.</param>
    /// <exception cref="CheckpointException">A checkpoint is missing, incomplete or damaged.</exception>
    /// <exception cref="WeightsException">There is no such file, or it contains another network.</exception>
    /// <exception cref="SafeTensorsException">The file breaks the format's rules.</exception>
    public static Representation Load(string pathOrRandom, Backbone? backbone, ulong seed, Device device, bool trainable = false,
        Precision precision = Precision.Fp32) =>
        pathOrRandom == Random
            ? Untrained(backbone ?? Backbone.ResNet18, seed, device, trainable, precision)
            : FromFile(pathOrRandom, backbone, device, trainable, precision);

    /// <summary>Returns the features of images.</summary>
    /// <param name="normalisedImages">[B,3,H,W], RGB in [0,1], normalised (METHOD.md §2).</param>
    /// <returns>[B,C,⌈H/8⌉,⌈W/8⌉], channels-last, in the caller's dispose scope; without gradient.</returns>
    public Tensor Features(Tensor normalisedImages)
    {
        using var _ = no_grad();
        return Forward(normalisedImages, training: false);
    }

    /// <summary>A differentiable forward pass, in training or in evaluation mode.</summary>
    internal Tensor Forward(Tensor normalisedImages, bool training)
    {
        using var scope = NewDisposeScope();
        return _network.Forward(normalisedImages, training).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    private static Representation Untrained(Backbone backbone, ulong seed, Device device, bool trainable, Precision precision)
    {
        var weights = new NetworkWeights(backbone, [], device, trainable, precision);
        using var _ = no_grad();
        weights.Initialise(seed);
        return new Representation(weights, Padding.Zeros, step: 0, Hash(weights), Random, []);
    }

    private static Representation FromFile(string path, Backbone? wanted, Device device, bool trainable, Precision precision)
    {
        var found = BackboneFile.Find(path);
        if (wanted is { } backbone && backbone != found.Backbone)
            throw new WeightsException(
                found.File,
                $"{found.File} holds a {Word(found.Backbone)}, not a {Word(backbone)}. Leave --backbone out, or name another file.");
        var shapes = NetworkShapes.Of(found.Backbone).ToDictionary(t => t.Name, t => t.Shape);
        var read = WeightsFile.LoadInitial(found.File, shapes);
        var weights = new NetworkWeights(found.Backbone, [], device, trainable, precision);
        using (no_grad())
        {
            foreach (var tensor in read.Tensors) weights.Write(tensor.Name, tensor.Values);
        }

        using var stream = RegularFile.OpenRead(found.File);
        return new Representation(
            weights, found.Padding, found.Step, Convert.ToHexStringLower(SHA256.HashData(stream)), found.File, read.Notes)
        {
            File = found,
        };
    }

    private static string Word(Backbone backbone) => backbone.ToString().ToLowerInvariant();

    private static string Hash(NetworkWeights weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in weights.Tensors)
        {
            var values = new float[tensor.Count];
            weights.Read(tensor.Name, values);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(tensor.Name));
            hash.AppendData(MemoryMarshal.AsBytes<float>(values));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
