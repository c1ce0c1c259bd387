using System.Diagnostics;
using System.Text.Json;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Benchmarks;

/// <summary>
/// Measures what a step cannot do without: the backbone's convolutions alone, each with maps of its own size, twice forward (query and key
/// network) and once backward. Seconds are the sum of each convolution's median; nothing is between two of them.
/// </summary>
internal static class ConvolutionBenchmark
{
    public static int Run(Options options)
    {
        var device = BenchmarkDevice.Of(options);
        var threads = TorchThreads.Use(options["threads", 2]);
        var (batch, size, repeats) = (options["batch", 16], options["size", 112], options["steps", 6]);
        var backbone = StepBenchmark.BackboneOf(options["depth", 18]);
        var (forward, backward, multiplications) = (0.0, 0.0, 0.0);
        foreach (var layer in Layers(backbone, size))
        {
            var (there, back) = Seconds(device, layer, batch, repeats);
            forward += there;
            backward += back;
            // The first has no gradient with respect to its input.
            multiplications += layer.Multiplications * batch * (layer.IsFirst ? 3 : 4);
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "convolutions",
            backbone = backbone.ToString(),
            size,
            batch,
            threads,
            device = device.Name,
            precision = device.Precision.Word(),
            forward_seconds = forward,
            backward_seconds = backward,
            step_seconds = (2 * forward) + backward,
            gflop = 2e-9 * multiplications,
            gflop_per_s = 2e-9 * multiplications / ((2 * forward) + backward),
        }));
        return 0;
    }

    private static IEnumerable<Layer> Layers(Backbone backbone, int size)
    {
        yield return new Layer(3, 64, 7, 2, 1, size) { IsFirst = true };
        var side = size / 4;
        foreach (var block in ResNetPlan.Blocks(backbone))
        {
            var after = side / block.Stride;
            if (ResNetPlan.HasBottlenecks(backbone))
            {
                yield return new Layer(block.Input, block.Planes, 1, 1, 1, side);
                yield return new Layer(block.Planes, block.Planes, 3, block.Stride, block.Dilation, side);
                yield return new Layer(block.Planes, block.Output, 1, 1, 1, after);
            }
            else
            {
                yield return new Layer(block.Input, block.Planes, 3, block.Stride, block.Dilation, side);
                yield return new Layer(block.Planes, block.Planes, 3, 1, block.Dilation, after);
            }

            if (block.HasDownsample) yield return new Layer(block.Input, block.Output, 1, block.Stride, 1, side);
            side = after;
        }
    }

    private static (double Forward, double Backward) Seconds(BenchmarkDevice device, Layer layer, int batch, int repeats)
    {
        using var scope = NewDisposeScope();
        var type = device.Precision.Factors();
        Tensor ChannelsLast(params long[] shape) => randn(shape).to(device.Torch()).to(type).permute(0, 3, 1, 2);
        var x = ChannelsLast(batch, layer.Side, layer.Side, layer.Input).requires_grad_(!layer.IsFirst);
        var weight = ChannelsLast(layer.Output, layer.Kernel, layer.Kernel, layer.Input).requires_grad_();
        var border = layer.Kernel / 2 * layer.Dilation;
        var by = ChannelsLast(batch, layer.Side / layer.Stride, layer.Side / layer.Stride, layer.Output);
        var (forward, backward) = (new List<double>(), new List<double>());
        for (var repeat = 0; repeat <= repeats; repeat++)
        {
            using var turn = NewDisposeScope();
            device.Settle();
            var began = Stopwatch.GetTimestamp();
            var y = nn.functional.conv2d(
                x, weight, null, [layer.Stride, layer.Stride], [border, border], [layer.Dilation, layer.Dilation]);
            device.Settle();
            forward.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            began = Stopwatch.GetTimestamp();
            _ = autograd.grad([y], layer.IsFirst ? [weight] : [x, weight], [by]);
            device.Settle();
            backward.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return (Median(forward), Median(backward));
    }

    // without the first, which chooses kernels
    private static double Median(List<double> seconds) => seconds.Skip(1).Order().ElementAt((seconds.Count - 1) / 2);

    private sealed record Layer(int Input, int Output, int Kernel, int Stride, int Dilation, int Side)
    {
        public bool IsFirst { get; init; }

        public double Multiplications => (double)Input * Output * Kernel * Kernel * (Side / Stride) * (Side / Stride);
    }
}
