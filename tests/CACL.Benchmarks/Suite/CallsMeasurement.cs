using System.Globalization;
using System.Text.RegularExpressions;

namespace CACL.Benchmarks.Suite;

/// <summary>
/// Calls into the native library a step, views already made: the difference between a run of two steps and one of four, as a given program
/// counts them. They are the same every time.
/// </summary>
internal sealed partial class CallsMeasurement : IMeasurement
{
    private const int More = 2;

    /// <inheritdoc/>
    public string Name => "calls";

    /// <inheritdoc/>
    public string Does => "calls into the native library a step, if --call-counter names a program that counts them";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench)
    {
        StepShape[] shapes = bench.Settings.Quick ? [new(18, 4, 64, 256)] : [new(18, 32, 224), new(18, 8, 64), new(50, 32, 64)];
        foreach (var shape in shapes)
        {
            var what = $"calls a step, {shape.Words}";
            yield return new Turns(1, bench.Turns.Progress).Compare(what, () => Count(bench, shape))
                .Row(new Row(Name, what, "", FigureKind.Amount), "calls");
        }
    }

    private static Figures Count(Workbench bench, StepShape shape)
    {
        if (bench.Settings.CallCounter is not { } given)
            throw new NotHereException("calls are counted by a program that --call-counter or CACL_CALL_COUNTER names");
        var counter = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double Calls(int steps) => Sum(ProgramRun.Of(
            bench.Programs.Benchmarks.With(["step", .. shape.Arguments, "--steps", Workbench.Text(steps)])
                .Under(new Command(counter[0], counter[1..])),
            bench.Stop));
        var one = Calls(1);
        return new Figures(new Dictionary<string, double> { ["calls"] = (Calls(1 + More) - one) / More });
    }

    private static double Sum(ProgramRun run)
    {
        var line = run.Errors.Concat(run.Output.Split('\n')).Select(text => Calls().Match(text)).LastOrDefault(found => found.Success)
            ?? throw new MeasurementException("the counter of calls wrote no line \"N calls in all\"");
        return double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^ *([0-9]+) calls in all")]
    private static partial Regex Calls();
}
