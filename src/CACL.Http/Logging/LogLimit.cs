namespace CACL.Http.Logging;

/// <summary>
/// Keeps lines that callers can cause as often as they like from filling the log. It writes the first line of a kind at once, counts those
/// of the minute that follows, and writes them as one. Thread-safe.
/// </summary>
internal sealed class LogLimit(TimeProvider clock) : IDisposable
{
    /// <summary>How long lines of one kind are gathered into one.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<object, Kind> _kinds = [];
    private bool _ended;

    /// <summary>Writes a line, now or later.</summary>
    /// <param name="kind">The kind of line; there are few kinds.</param>
    /// <param name="write">Writes the line; receives the number of lines for which it stands: 1, or all since the last one was
    /// written.</param>
    public void Write(object kind, Action<int> write)
    {
        lock (_gate)
        {
            if (_kinds.TryGetValue(kind, out var known))
            {
                known.Count++;
                known.Last = write;
                return;
            }

            if (!_ended) _kinds.Add(kind, new Kind(clock.CreateTimer(_ => Pass(kind), null, Window, Window)));
        }

        write(1);
    }

    /// <summary>Writes what is still counted; from then on, every line is written at once.</summary>
    public void Dispose()
    {
        Kind[] kinds;
        lock (_gate)
        {
            _ended = true;
            kinds = [.. _kinds.Values];
            _kinds.Clear();
        }

        foreach (var kind in kinds) kind.End();
    }

    // The window is over. If it was quiet, the kind is forgotten, and its next line is written at once again.
    private void Pass(object kind)
    {
        Action<int>? write;
        int count;
        lock (_gate)
        {
            if (!_kinds.TryGetValue(kind, out var known)) return;
            (write, count) = (known.Last, known.Count);
            (known.Last, known.Count) = (null, 0);
            if (count == 0)
            {
                _kinds.Remove(kind);
                known.End();
            }
        }

        write?.Invoke(count);
    }

    private sealed class Kind(ITimer timer)
    {
        public int Count { get; set; }

        public Action<int>? Last { get; set; }

        public void End()
        {
            timer.Dispose();
            Last?.Invoke(Count);
        }
    }
}
