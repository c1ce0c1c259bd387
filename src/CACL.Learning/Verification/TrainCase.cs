using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>
/// All of a method, CACL's §6 or a rival: a few training steps from named weights, with the file's views and whatever else a step is given.
/// </summary>
internal static class TrainCase
{
    private const string InFloat64 = "float64 rows # relative";

    // How far the reference itself is moved, column by column, when its weights are moved by what float32 leaves uncertain. Where a ReLU's
    // input may fall to either side, that is one size or none, which a few draws find and a half more covers.
    private const string Spread = "float32_spread";
    private const double SpreadFactor = 1.5;

    // Whose tensors a file may keep.
    private static readonly string[] Owners = ["query.", "key.", "momentum.", "queue."];

    public static void Check(GoldenFile golden, GoldenCheck check) => Check(golden, check, HostTensors.Alone);

    /// <summary>Recomputes the steps together with other ranks, each of which does the same with its share of each batch.</summary>
    public static void Check(GoldenFile golden, GoldenCheck check, ITensorCollectives ranks)
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
            using var method = config.Options.OfRank(ranks.Size).Create(golden.Device, precision);
            method.Join(ranks);
            method.Restore(Start(method.Snapshot(), config));
            var met = columns.Select(_ => new List<double>()).ToArray();
            for (var step = 0; step <= golden.Last(TrainViews.Inputs); step++)
            {
                var numbers = Step(method, TrainViews.Of(golden, step, precision, ranks), config, step, columns);
                for (var i = 0; i < columns.Length; i++) met[i].Add(numbers[i]);
            }

            Rows(golden, check, columns, met, precision);
            var after = method.Snapshot();
            if (config.QueueNames.Length > 0) Pointers(golden, check, after, config, precision);
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

    private static double[] Step(
        IMethod method, Views given, TrainConfig config, int step, string[] columns)
    {
        using var scope = NewDisposeScope();
        using var views = given;
        var norms = new Dictionary<string, double>(StringComparer.Ordinal);
        var rate = config.Schedule.At(step);
        var result = method.Step(views, new StepSettings(rate)
        {
            Step = step,
            Progress = (double)step / config.Schedule.TotalSteps,
            InspectGradient = (name, gradient) =>
            {
                if (Array.IndexOf(columns, ColumnOf(name)) >= 0) norms[ColumnOf(name)] = gradient.norm().to(float64).item<double>();
            },
        });
        var reported = config.Options.Describe().Metrics.Select(metric => metric.Name).ToHashSet(StringComparer.Ordinal);
        return columns.Select(column => column switch
        {
            "loss" => result.Loss,
            "lr" => result.LearningRate,
            _ when reported.Contains(column) => result[column] ?? 0,
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
        // Rivals' files say what float64 keeps.
        if (precision == Precision.Fp64) (loss, norm) = (golden.Tolerance(InFloat64, loss), golden.Tolerance(InFloat64, norm));
        var spread = precision == Precision.Fp32 ? golden.NumbersOrNone(Spread) : [];
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
                !columns[column].StartsWith("|grad", StringComparison.Ordinal) ? loss
                    : Math.Max(norm, SpreadFactor * spread.ElementAtOrDefault(column)));
        }
    }

    private static void State(GoldenFile golden, GoldenCheck check, TrainingSnapshot after)
    {
        var tolerance = golden.Tolerance("tensors # of their", 2e-3);
        foreach (var entry in golden.Entries)
        {
            var name = entry.Name;
            var ours = name.StartsWith("queue_", StringComparison.Ordinal) ? $"queue.{name[6..]}" : name;
            if (!Owners.Any(owner => ours.StartsWith(owner, StringComparison.Ordinal))) continue;
            var tensor = after.Find(ours) ?? throw new GoldenException($"the tensor '{name}' belongs to nothing that these settings have");
            // The file keeps only the first rows of what is large.
            check.Relative(
                $"{name}, float64", golden.Doubles(name), [.. tensor.Values.Take((int)entry.Count).Select(v => (double)v)], tolerance);
        }
    }

    private static void Pointers(GoldenFile golden, GoldenCheck check, TrainingSnapshot after, TrainConfig config, Precision precision)
    {
        var pointers = config.QueueNames.Select(head => (double)after.Counters[$"queue.{head}.pointer"]).ToArray();
        check.Exact($"pointers, {Name(precision)}", golden.Doubles("pointers"), pointers);
    }

    private static string Name(Precision precision) => precision switch
    {
        Precision.Fp64 => "float64",
        Precision.Fp32 => "float32",
        _ => precision.Word(),
    };
}
