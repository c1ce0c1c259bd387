using TorchSharp;

namespace CACL.Learning.Runtime;

/// <summary>
/// The numbers in which a network computes. Weights, the statistics of normalisation, losses, softmaxes, momentum and queues are float32
/// in each of them (but for <see cref="Fp64"/>); they differ in the factors of the long products.
/// </summary>
public enum Precision
{
    /// <summary>float32 throughout: 24 bits.</summary>
    Fp32,

    /// <summary>float32 whose factors a card's tensor cores round to tf32, 11 bits, while it multiplies them.</summary>
    Tf32,

    /// <summary>
    /// Convolutions, heads and the products with the queues take factors in bfloat16, 8 bits, and so are the maps between them; what is
    /// left in float32 is multiplied as in <see cref="Tf32"/>.
    /// </summary>
    Bf16,

    /// <summary>float64 throughout, where rounding must not decide (verification).</summary>
    Fp64,
}

/// <summary>What a precision means for tensors, and how it is spelt.</summary>
public static class Precisions
{
    /// <summary>The precisions that people choose from; <see cref="Precision.Fp64"/> is for verification.</summary>
    public static IReadOnlyList<Precision> ToChooseFrom { get; } = [Precision.Fp32, Precision.Tf32, Precision.Bf16];

    /// <summary>Returns the one of them with this word; null if there is none.</summary>
    public static Precision? Find(string word) =>
        ToChooseFrom.Where(precision => precision.Word() == word).Select(precision => (Precision?)precision).FirstOrDefault();

    /// <summary>Returns the word of the configuration: fp32, tf32, bf16 or fp64.</summary>
    public static string Word(this Precision precision) => precision.ToString().ToLowerInvariant();

    /// <summary>Returns the type of weights, statistics, losses and queues.</summary>
    internal static torch.ScalarType Exact(this Precision precision) =>
        precision == Precision.Fp64 ? torch.ScalarType.Float64 : torch.ScalarType.Float32;

    /// <summary>Returns the type of the factors of convolutions, heads and the products with the queues.</summary>
    internal static torch.ScalarType Factors(this Precision precision) =>
        precision == Precision.Bf16 ? torch.ScalarType.BFloat16 : precision.Exact();
}
