using System.Collections.Concurrent;
using CACL.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Networks;

/// <summary>
/// The constants with which 3×3 convolutions are computed with a quarter of the products, by minimal filtering F(4×4, 3×3): Winograd,
/// "Arithmetic Complexity of Computations", 1980; for convolutions Lavin and Gray, CVPR 2016. The sums are evaluated at the points 0, 1,
/// −1, 1/2, −2 and ∞, which round less than 2 in place of 1/2.
/// </summary>
internal static class Winograd
{
    // Bᵀ, of a row of 6 inputs.
    private static readonly double[,] OfInputs =
    {
        { 1, -3 / 2.0, -2, 3 / 2.0, 1, 0 },
        { 0, -1, 1 / 2.0, 5 / 2.0, 1, 0 },
        { 0, 1, -5 / 2.0, 1 / 2.0, 1, 0 },
        { 0, -2, -1, 2, 1, 0 },
        { 0, 1 / 2.0, -1, -1 / 2.0, 1, 0 },
        { 0, 1, -3 / 2.0, -2, 3 / 2.0, 1 },
    };

    // G, of a row of 3 weights.
    private static readonly double[,] OfWeights =
    {
        { 1, 0, 0 },
        { 1 / 3.0, 1 / 3.0, 1 / 3.0 },
        { -1 / 3.0, 1 / 3.0, -1 / 3.0 },
        { -16 / 15.0, -8 / 15.0, -4 / 15.0 },
        { 1 / 15.0, -2 / 15.0, 4 / 15.0 },
        { 0, 0, 1 },
    };

    // Aᵀ, of a row of 6 products.
    private static readonly double[,] OfProducts =
    {
        { 1, 1, 1, 1, 1, 0 },
        { 0, 1, -1, 1 / 2.0, -2, 0 },
        { 0, 1, 1, 1 / 4.0, 4, 0 },
        { 0, 1, -1, 1 / 8.0, -8, 1 },
    };

    private static readonly ConcurrentDictionary<string, Tensor[]> OnDevices = [];

    /// <summary>
    /// Returns what <c>winograd.torchscript</c> takes, where a network of that precision on that device is computed so, else nothing. The
    /// tensors are kept for the process. On a card in float32 a step of ResNet-18 then takes three quarters of the time. On a processor the
    /// direct convolutions were faster; tf32 and bfloat16 have no digits to spare.
    /// </summary>
    public static Tensor[] For(Device device, Precision precision) =>
        device.type == DeviceType.CUDA && precision == Precision.Fp32
            ? OnDevices.GetOrAdd(device.ToString(), _ => Transforms(device, ScalarType.Float32))
            : [];

    /// <summary>Makes the three matrices of a tile of 6×6, [36,36], [36,9] and [16,36], outside all dispose scopes.</summary>
    public static Tensor[] Transforms(Device device, ScalarType type)
    {
        return [OfTile(OfInputs), OfTile(OfWeights), OfTile(OfProducts)];

        // Rows and columns are treated alike.
        Tensor OfTile(double[,] matrix)
        {
            using var scope = NewDisposeScope();
            var rows = tensor(matrix);
            return kron(rows, rows).to(type).to(device).DetachFromDisposeScope();
        }
    }
}
