namespace CACL.Learning.Networks;

/// <summary>The initial values of a network's tensors (METHOD.md §4), which depend on the seed and each tensor's name alone.</summary>
internal static class WeightInitialisation
{
    /// <summary>Returns the row-major values of <paramref name="tensor"/>.</summary>
    public static float[] Of(NetworkTensor tensor, ulong seed)
    {
        var values = new float[tensor.Count];
        var numbers = new SeededNumbers(seed, tensor.Name);
        if (tensor.HeadInputs > 0)
        {
            // PyTorch's Conv2d default: weight and bias uniform within 1/√fan_in.
            numbers.Uniform(values, 1 / Math.Sqrt(tensor.HeadInputs));
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
