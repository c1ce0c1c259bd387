using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>All of §6: a few training steps from named weights, with the file's views, rolls, permutations and enqueued pixels.</summary>
internal static class TrainCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var config = TrainConfig.Read(golden.Json("config"));
        var columns = golden.Json("columns").EnumerateArray().Select(c => c.GetString() ?? "").ToArray();
        // Losses and gradients are computed as in training.
        Run(golden.Precision);
        if (golden.Precision != Precision.Fp32) return;
        // Single tensors after several steps are compared in float64: in float32, the sign of a ReLU's input or a correspondence depends on
        // the last digit, so that two float32 programs that follow the same rule differ by some 10⁻² in a bias.
        Run(Precision.Fp64);

        void Run(Precision precision)
        {
            using var cacl = new CaclMethod(config.Options, golden.Device, precision);
            cacl.Restore(Start(cacl.Snapshot(), config));
            var met = columns.Select(_ => new List<double>()).ToArray();
            for (var step = 0; step <= golden.Last(@"^(?:x|x_plus|shifts|shifts_plus|permutation|enqueue_pixels)\.(\d+)$"); step++)
            {
                var numbers = Step(cacl, golden, config, step, columns, precision);
                for (var i = 0; i < columns.Length; i++) met[i].Add(numbers[i]);
            }

            Rows(golden, check, columns, met, precision);
            var after = cacl.Snapshot();
            Pointers(golden, check, after, config, precision);
            if (precision == Precision.Fp64) State(golden, check, after);
        }
    }

    /// <summary>Returns both networks and the queues with the numbers that METHOD.md §10 names; the optimiser's buffers are zero.</summary>
    private static TrainingSnapshot Start(TrainingSnapshot fresh, TrainConfig config)
    {
        var tensors = fresh.Tensors.Select(tensor =>
        {
            var dot = tensor.Name.IndexOf('.', StringComparison.Ordinal);
            var (owner, name) = (tensor.Name[..dot], tensor.Name[(dot + 1)..]);
            return owner switch
            {
                "query" or "key" => tensor with { Values = NamedNumbers.Weight(name, tensor.Shape, config.Options.Seed) },
                "queue" => tensor with
                {
                    Values = UnitRows(
                        NamedNumbers.Uniform($"queue_{name}", tensor.Values.Length, config.Options.Seed), (int)tensor.Shape[1]),
                },
                _ => tensor,
            };
        }).ToArray();
        // The pointer starts close to the end, so that the ring wraps round within these few steps.
        const string pointer = ".pointer";
        var counters = fresh.Counters.ToDictionary(
            c => c.Key,
            c => c.Key.EndsWith(pointer, StringComparison.Ordinal) ? fresh.Find(c.Key[..^pointer.Length])!.Shape[0] - 6 : c.Value);
        return new TrainingSnapshot(tensors, counters);
    }

    private static float[] UnitRows(float[] values, int width)
    {
        for (var row = 0; row < values.Length; row += width)
        {
            var norm = Math.Sqrt(values.Skip(row).Take(width).Sum(v => (double)v * v));
            for (var i = row; i < row + width; i++) values[i] = (float)(values[i] / norm);
        }

        return values;
    }

    private static double[] Step(CaclMethod cacl, GoldenFile golden, TrainConfig config, int step, string[] columns, Precision precision)
    {
        using var scope = NewDisposeScope();
        var chosen = golden.Ints($"enqueue_pixels.{step}").Chunk((int)golden.Shape($"enqueue_pixels.{step}")[1]).ToArray();
        using var views = new Views(
            golden.Tensor($"x.{step}").to(precision.Exact()),
            golden.Tensor($"x_plus.{step}").to(precision.Exact()),
            golden.Rolls($"shifts.{step}"),
            golden.Rolls($"shifts_plus.{step}"),
            golden.Ints($"permutation.{step}"),
            chosen);
        var norms = new Dictionary<string, double>(StringComparer.Ordinal);
        var rate = config.Schedule.At(step);
        var result = cacl.Step(views, new StepSettings(rate)
        {
            Step = step,
            InspectGradient = (name, gradient) =>
            {
                if (Array.IndexOf(columns, ColumnOf(name)) >= 0) norms[ColumnOf(name)] = gradient.norm().to(float64).item<double>();
            },
        });
        return columns.Select(column => column switch
        {
            "loss" => result.Loss,
            "lr" => result.LearningRate,
            _ when config.Options.Metrics.All.Any(metric => metric.Name == column) => result[column] ?? 0,
            _ when norms.TryGetValue(column, out var norm) => norm,
            _ when column.StartsWith("|grad head_", StringComparison.Ordinal) => 0,
            _ => throw new GoldenException($"the column '{column}' of its rows is not known to this program"),
        }).ToArray();
    }

    /// <summary>Returns a parameter's column: files shorten conv1.weight to |grad conv1|.</summary>
    private static string ColumnOf(string parameter) =>
        parameter.EndsWith(".weight", StringComparison.Ordinal) ? $"|grad {parameter[..^7]}|" : $"|grad {parameter}|";

    private static void Rows(GoldenFile golden, GoldenCheck check, string[] columns, List<double>[] met, Precision precision)
    {
        var rows = golden.Doubles("rows");
        if (golden.Shape("rows") is not [var steps, var width] || width != columns.Length || steps != met[0].Count)
            throw new GoldenException($"its rows are [{string.Join(",", golden.Shape("rows"))}] where {met[0].Count} steps have "
                + $"{columns.Length} columns");
        var loss = golden.Tolerance("losses # relative", 5e-3, RoundedQuantity.TrainedLoss);
        var norm = golden.Tolerance("gradient norms # relative", 2e-2, RoundedQuantity.TrainedGradient);
        for (var column = 0; column < columns.Length; column++)
        {
            // Each number is compared relative to its own size: a late loss may be far smaller than an early one. A loss or gradient of a
            // head that is off may be 0 or not a number.
            var worst = 0.0;
            for (var step = 0; step < steps; step++)
            {
                var (expected, actual) = (rows[(step * width) + column], met[column][step]);
                if (double.IsNaN(expected) && actual == 0) continue;
                var error = Math.Abs(expected - actual) / Math.Max(Math.Abs(expected), 1e-12);
                worst = Math.Max(worst, double.IsFinite(error) ? error : double.PositiveInfinity);
            }

            check.Add(
                $"{columns[column]}, {Name(precision)} (relative)", worst,
                columns[column].StartsWith("|grad", StringComparison.Ordinal) ? norm : loss);
        }
    }

    private static void State(GoldenFile golden, GoldenCheck check, TrainingSnapshot after)
    {
        var tolerance = golden.Tolerance("tensors # of their", 2e-3);
        foreach (var entry in golden.Entries)
        {
            var name = entry.Name;
            var ours = name.StartsWith("queue_", StringComparison.Ordinal) ? $"queue.{name[6..]}" : name;
            if (!name.StartsWith("query.", StringComparison.Ordinal) && !name.StartsWith("key.", StringComparison.Ordinal) && ours == name)
                continue;
            var tensor = after.Find(ours) ?? throw new GoldenException($"the tensor '{name}' belongs to nothing that these settings have");
            // The file keeps only the first rows of a queue.
            check.Relative(
                $"{name}, float64", golden.Doubles(name), [.. tensor.Values.Take((int)entry.Count).Select(v => (double)v)], tolerance);
        }
    }

    private static void Pointers(GoldenFile golden, GoldenCheck check, TrainingSnapshot after, TrainConfig config, Precision precision)
    {
        var pointers = config.HeadNames.Select(head => (double)after.Counters[$"queue.{head}.pointer"]).ToArray();
        check.Exact($"pointers, {Name(precision)}", golden.Doubles("pointers"), pointers);
    }

    private static string Name(Precision precision) => precision switch
    {
        Precision.Fp64 => "float64",
        Precision.Fp32 => "float32",
        _ => precision.Word(),
    };
}
