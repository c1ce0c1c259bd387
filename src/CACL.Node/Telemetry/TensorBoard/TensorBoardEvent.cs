using Google.Protobuf;
using static Google.Protobuf.WireFormat;

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

    /// <summary>Returns the event with which a file begins.</summary>
    public static byte[] FileVersion(DateTimeOffset time) => Event(time, 0, e => Text(e, FileVersionField, "brain.Event:2"));

    /// <summary>
    /// Returns the event that tells a reader which has seen more of an earlier start to forget everything from this step on.
    /// </summary>
    public static byte[] Restart(DateTimeOffset time, long step) => Event(time, step, e =>
    {
        Message(e, SessionLogField, log =>
        {
            log.WriteTag(1, WireType.Varint);
            log.WriteEnum(SessionStart);
        });
    });

    /// <summary>Returns the event with the scalars of a step.</summary>
    public static byte[] Scalars(DateTimeOffset time, long step, IEnumerable<(string Tag, double Value)> scalars) => Event(time, step, e =>
    {
        Message(e, SummaryField, summary =>
        {
            foreach (var (tag, value) in scalars)
            {
                Message(summary, 1, one =>
                {
                    Text(one, 1, tag);
                    one.WriteTag(2, WireType.Fixed32);
                    one.WriteFloat((float)value);
                });
            }
        });
    });

    /// <summary>Returns the step of an event, or 0 if it has none or is not an event.</summary>
    public static long StepOf(byte[] payload)
    {
        try
        {
            using var fields = new CodedInputStream(payload);
            for (var tag = fields.ReadTag(); tag != 0; tag = fields.ReadTag())
            {
                if (tag == MakeTag(StepField, WireType.Varint)) return fields.ReadInt64();
                fields.SkipLastField();
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // It is not an event.
        }

        return 0;
    }

    private static byte[] Event(DateTimeOffset time, long step, Action<CodedOutputStream> content) => Written(e =>
    {
        e.WriteTag(WallTime, WireType.Fixed64);
        e.WriteDouble(time.ToUnixTimeMilliseconds() / 1000.0);
        // As in protoc's generated code, a number that is zero is omitted.
        if (step != 0)
        {
            e.WriteTag(StepField, WireType.Varint);
            e.WriteInt64(step);
        }

        content(e);
    });

    private static void Text(CodedOutputStream stream, int field, string value)
    {
        stream.WriteTag(field, WireType.LengthDelimited);
        stream.WriteString(value);
    }

    // Its length comes before it, so it is written to a buffer first.
    private static void Message(CodedOutputStream stream, int field, Action<CodedOutputStream> content)
    {
        stream.WriteTag(field, WireType.LengthDelimited);
        stream.WriteBytes(UnsafeByteOperations.UnsafeWrap(Written(content)));
    }

    private static byte[] Written(Action<CodedOutputStream> content)
    {
        using var bytes = new MemoryStream();
        using (var stream = new CodedOutputStream(bytes, leaveOpen: true)) content(stream);
        return bytes.ToArray();
    }
}
