using System.Globalization;
using CACL.Data.Wording;
using CACL.Learning.Methods;

namespace CACL.Node.Display;

/// <summary>Words a progress snapshot, alike on a terminal and in a log.</summary>
internal static class ProgressText
{
    /// <summary>Returns everything on one line.</summary>
    public static string Line(ProgressSnapshot s) => $"{Place(s)}  {Losses(s)}  {Pace(s)}  {Time(s)}";

    /// <summary>Returns where the run is.</summary>
    public static string Place(ProgressSnapshot s) => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {s.Epoch:0.00} of {s.Epochs:0.##}  step {s.Step:N0} of {s.Steps:N0}");

    /// <summary>Returns the losses beside the chance level.</summary>
    public static string Losses(ProgressSnapshot s)
    {
        var invariant = CultureInfo.InvariantCulture;
        var parts = new List<string> { string.Create(invariant, $"loss {s.Loss:0.000}") };
        parts.AddRange(Of(MetricKind.Loss).Select(loss => string.Create(invariant, $"{loss.Spec.Word} {loss.Value:0.000}")));
        if (s.Chance is { } chance) parts.Add(string.Create(invariant, $"(chance {chance:0.00})"));
        parts.AddRange(Of(MetricKind.Share).Select(share => $"{share.Spec.Word} {Percent.Of(share.Value)}"));
        if (s.QueueFill < 1) parts.Add($"queue {Percent.Of(s.QueueFill)} filled");
        return string.Join(' ', parts);

        IEnumerable<Metric> Of(MetricKind kind) => s.Metrics.Where(metric => metric.Spec.Kind == kind);
    }

    /// <summary>Returns the speed of the run.</summary>
    public static string Pace(ProgressSnapshot s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{s.PairsPerSecond:0.0} pairs/s  waiting for data {Percent.Of(s.DataWaitShare)}  lr {s.LearningRate:0.####}");

    /// <summary>Returns the elapsed and the remaining time.</summary>
    public static string Time(ProgressSnapshot s) =>
        s.Remaining is { } left ? $"{Clock(s.Elapsed)} gone, {Clock(left)} to go" : $"{Clock(s.Elapsed)} gone";

    /// <summary>Returns a duration as h:mm:ss, or days and hours.</summary>
    public static string Clock(TimeSpan time) => time.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalDays} d {time.Hours} h")
        : string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
}
