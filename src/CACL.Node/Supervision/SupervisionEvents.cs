using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace CACL.Node.Supervision;

/// <summary>A decision of a supervisor, or its cause.</summary>
/// <param name="Number">Number, counted from 1.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Level">Level, such as Warning.</param>
/// <param name="Actor">The actor, such as decoder-2, or a path such as run/decoders-1; empty if none is named.</param>
/// <param name="Text">What was decided, and why.</param>
internal sealed record SupervisionEvent(long Number, DateTimeOffset Time, LogEventLevel Level, string Actor, string Text);

/// <summary>Keeps the last log events about supervision, whose templates begin with "Supervision:". Thread-safe, bounded.</summary>
internal sealed class SupervisionEvents : ILogEventSink
{
    private const int Most = 500;
    private const string Sign = "Supervision:";
    private const string LogSource = "LogSource";

    private readonly Lock _gate = new();
    private readonly Queue<SupervisionEvent> _events = new();
    private long _number;

    /// <summary>The number of the newest event; 0 if there is none.</summary>
    public long Newest => Volatile.Read(ref _number);

    /// <summary>Returns the events after a number, oldest first; after 0, all that are kept.</summary>
    public IReadOnlyList<SupervisionEvent> Since(long number)
    {
        if (Newest <= number) return [];
        lock (_gate) return [.. _events.Where(e => e.Number > number)];
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (!logEvent.MessageTemplate.Text.StartsWith(Sign, StringComparison.Ordinal)) return;
        var text = logEvent.RenderMessage(CultureInfo.InvariantCulture)[Sign.Length..].Trim();
        var actor = Text(logEvent, "Actor") is { Length: > 0 } named ? named : Source(Text(logEvent, LogSource));
        lock (_gate)
        {
            _events.Enqueue(new SupervisionEvent(
                _number + 1, logEvent.Timestamp, logEvent.Level, actor, text.Replace("\"", "", StringComparison.Ordinal)));
            if (_events.Count > Most) _events.Dequeue();
            Volatile.Write(ref _number, _number + 1);
        }
    }

    private static string Text(LogEvent logEvent, string property) =>
        logEvent.Properties.TryGetValue(property, out var value) && value is ScalarValue { Value: string text } ? text : "";

    // Such as [akka://cacl/user/run/decoders-1#12345].
    private static string Source(string source) =>
        source.IndexOf("/user/", StringComparison.Ordinal) is >= 0 and var at ? source[(at + "/user/".Length)..].Split('#', ']')[0] : "";
}
