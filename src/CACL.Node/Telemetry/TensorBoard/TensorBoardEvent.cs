namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>
/// TensorFlow's message Event (event.proto, summary.proto), as much of it as scalars need:
/// <code>
/// Event      { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7 }
/// Summary    { repeated Value value = 1 }      Value { string tag = 1; float simple_value = 2 }
/// SessionLog { SessionStatus status = 1 }      START = 1
/// </code>
/// </summary>
internal static class TensorBoardEvent
{
    private const int WallTime = 1;
    private const int StepField = 2;
    private const int FileVersionField = 3;
    private const int SummaryField = 5;
    private const int SessionLogField = 7;
    private const int SessionStart = 1;

    /// <summary>What a file begins with.</summary>
    public static byte[] FileVersion(DateTimeOffset time) => Event(time, 0, e => e.Text(FileVersionField, "brain.Event:2"));

    /// <summary>Tells a reader that has seen more of an earlier start to forget all from this step on.</summary>
    public static byte[] Restart(DateTimeOffset time, long step) => Event(time, step, e =>
    {
        var log = new ProtoWriter();
        log.Integer(1, SessionStart);
        e.Message(SessionLogField, log.Written);
    });

    /// <summary>Scalars of a step.</summary>
    public static byte[] Scalars(DateTimeOffset time, long step, IEnumerable<(string Tag, double Value)> scalars) => Event(time, step, e =>
    {
        var summary = new ProtoWriter();
        foreach (var (tag, value) in scalars)
        {
            var one = new ProtoWriter();
            one.Text(1, tag);
            one.Float(2, (float)value);
            summary.Message(1, one.Written);
        }

        e.Message(SummaryField, summary.Written);
    });

    /// <summary>The step of an event, 0 where it has none or is none.</summary>
    public static long StepOf(ReadOnlySpan<byte> payload)
    {
        // This program's own events have their step right behind the time.
        const int After = 1 + sizeof(double);
        if (payload.Length <= After || payload[0] != ((WallTime << 3) | 1) || payload[After] != (StepField << 3)) return 0;
        var step = 0L;
        for (var (at, shift) = (After + 1, 0); at < payload.Length && shift < 64; at++, shift += 7)
        {
            step |= (long)(payload[at] & 0x7f) << shift;
            if (payload[at] < 0x80) return step;
        }

        return 0;
    }

    private static byte[] Event(DateTimeOffset time, long step, Action<ProtoWriter> content)
    {
        var writer = new ProtoWriter();
        writer.Double(WallTime, time.ToUnixTimeMilliseconds() / 1000.0);
        // As protoc's code writes it: a number that is zero is left out.
        if (step != 0) writer.Integer(StepField, step);
        content(writer);
        return writer.Written.ToArray();
    }
}
