using System.Globalization;
using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Display;

namespace CACL.Node.Evaluation;

/// <summary>Shows an evaluation's progress in a line now and then, and sentences as they come.</summary>
internal sealed class EvaluationDisplay(TextWriter output, TimeSpan every, TimeProvider clock)
{
    private string _phase = "";
    private long _began;
    private long _shown;

    /// <summary>Shows a sentence.</summary>
    public void Note(string sentence) => output.WriteLine(sentence);

    /// <summary>Shows progress if it is time to.</summary>
    public void Show(EvaluationProgress progress)
    {
        if (progress.Phase != _phase)
        {
            _phase = progress.Phase;
            _began = _shown = clock.GetTimestamp();
        }

        if (clock.GetElapsedTime(_shown) < every && progress.Done < progress.Total) return;
        _shown = clock.GetTimestamp();
        output.WriteLine(Line(progress, clock.GetElapsedTime(_began)));
    }

    /// <summary>Words the progress.</summary>
    internal static string Line(EvaluationProgress p, TimeSpan elapsed)
    {
        var loss = p.Loss is { } value ? string.Create(CultureInfo.InvariantCulture, $"  loss {value:0.0000}") : "";
        var left = p.Done > 0 ? elapsed * ((double)(p.Total - p.Done) / p.Done) : TimeSpan.Zero;
        var time = p.Done < p.Total
            ? $"{ProgressText.Clock(elapsed)} gone, {ProgressText.Clock(left)} to go"
            : $"{ProgressText.Clock(elapsed)} gone";
        return string.Create(CultureInfo.InvariantCulture, $"{p.Phase}  {p.Done:N0} of {p.Total:N0}{loss}  {time}");
    }
}
