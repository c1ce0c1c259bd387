namespace CACL.Learning.Networks;

/// <summary>What a network's tensors start at (METHOD.md §4), from the seed and each tensor's name alone.</summary>
internal static class WeightStart
{
    /// <summary>Row-major values of <paramref name="tensor"/> in a network whose backbone gives <paramref name="channels"/> channels.</summary>
    public static float[] Of(NetworkTensor tensor, int channels, ulong seed)
    {
        var values = new float[tensor.Count];
        var numbers = new SeededNumbers(seed, tensor.Name);
        var isHead = tensor.Name.StartsWith("head_", StringComparison.Ordinal);
        if (isHead)
        {
            // PyTorch's Conv2d default: weight and bias uniform within 1/√fan_in, and both layers of a head take C channels.
            numbers.Uniform(values, 1 / Math.Sqrt(channels));
        }
        else if (tensor.Shape.Length == 4)
        {
            var fanOut = tensor.Shape[0] * tensor.Shape[2] * tensor.Shape[3];
            numbers.Normal(values, Math.Sqrt(2.0 / fanOut));
        }
        else if (tensor.Name.EndsWith("weight", StringComparison.Ordinal) || tensor.Name.EndsWith("running_var", StringComparison.Ordinal))
        {
            Array.Fill(values, 1f);
        }

        return values;
    }
}
