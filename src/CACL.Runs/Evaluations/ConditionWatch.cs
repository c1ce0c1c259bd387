using System.Text.Json.Nodes;

namespace CACL.Runs.Evaluations;

/// <summary>
/// Reports when a condition becomes true. Figures of single steps are noisy, so the mean over the last <see cref="Steps"/> steps is
/// compared, and nothing is reported before there are that many. A condition is reported once when it becomes true, and again only after it
/// was false.
/// </summary>
public sealed class ConditionWatch(IReadOnlyList<MetricCondition> conditions)
{
    /// <summary>Steps over which a figure is averaged.</summary>
    public const int Steps = 20;

    private readonly Watched[] _watched = [.. conditions.Select(c => new Watched(c))];

    /// <summary>Whether anything is watched.</summary>
    public bool IsEmpty => _watched.Length == 0;

    /// <summary>Takes the figures of a step, a line of metrics.jsonl, and returns the conditions that it made true.</summary>
    public IReadOnlyList<MetricCondition> Observe(JsonObject line) =>
        [.. _watched.Where(w => w.BecomesTrue(line)).Select(w => w.Condition)];

    private sealed class Watched(MetricCondition condition)
    {
        private readonly Queue<double> _last = new(Steps);
        private bool _held;

        public MetricCondition Condition => condition;

        public bool BecomesTrue(JsonObject line)
        {
            if (line[condition.Metric] is not JsonValue value || !value.TryGetValue<double>(out var number)) return false;
            if (_last.Count == Steps) _last.Dequeue();
            _last.Enqueue(number);
            var holds = _last.Count == Steps && condition.Holds(_last.Average());
            var becomes = holds && !_held;
            _held = holds;
            return becomes;
        }
    }
}
