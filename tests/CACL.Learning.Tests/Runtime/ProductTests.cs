using CACL.Learning.Runtime;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Runtime;

public sealed class ProductTests
{
    private static readonly TorchScript Script = TorchScript.Load("Runtime/product");

    [Fact]
    public void A_product_of_rows_and_its_gradients_are_those_of_matrices_whatever_the_sizes() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int[1, 70], Gen.Bool, Gen.Bool).Sample(
            (rows, width, columns, biased, transposed) =>
            {
                using var scope = NewDisposeScope();
                var x = Numbers(1, rows, width).requires_grad_();
                // of a queue's rows, or of what is left of one that is turned
                var y = (transposed ? Numbers(2, width, columns).t() : Numbers(2, columns, width)).detach().requires_grad_();
                var bias = biased ? Numbers(3, columns) : null;
                var product = bias is null ? Script.Call("product", x, y) : Script.Call("product", x, y, bias);
                var expected = bias is null ? x.matmul(y.t()) : x.matmul(y.t()) + bias;
                Close(expected, product);
                Assert.True(product.is_contiguous());
                var by = Numbers(4, rows, columns);
                Each(autograd.grad([expected], [x, y], [by]), autograd.grad([product], [x, y], [by]));
            },
            iter: 60);

    private static void Each(IEnumerable<Tensor> expected, IEnumerable<Tensor> actual)
    {
        foreach (var (first, second) in expected.Zip(actual)) Close(first, second);
    }

    private static Tensor Numbers(int seed, params long[] shape) => randn(shape, generator: new Generator((ulong)seed));

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, 1e-5f * (1 + expected.abs().max().item<float>()));
    }
}
