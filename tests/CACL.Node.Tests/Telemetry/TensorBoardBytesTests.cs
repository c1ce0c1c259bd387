using CACL.Node.Telemetry.TensorBoard;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Checks the bytes of event files, to the last one.</summary>
public sealed class TensorBoardBytesTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_125);

    // These bytes were written when each field was still written byte by byte.
    private const string Always =
        """
        GAAAAAAAAACjf0siCQAACED8VNlBGg1icmFpbi5FdmVudDoyi75gyA8AAAAAAAAAbVMrCQkAAAhA
        /FTZQRAGOgIIAVvz9bdaAAAAAAAAABNvtL8JAAAIQPxU2UEQASpNChEKCmxvc3MvdG90YWwVAACQ
        QAoSCgtsb3NzL2dsb2JhbBUAAAAAChEKCmxvc3MvcGl4ZWwVAAAAgAoRCgpsb3NzL2N5Y2xlFQAA
        wP+ayq/uDAEAAAAAAADy+G3UCQAACED8VNlBEKwCKv0BCh8KGGV2YWwvU3RyYcOfZS9saW5lYXIv
        bWlvdRXNzMw9CgcKABUAAIB/CtABCsgBeHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHgVygIA
        AJ3Y0qgVAAAAAAAAANaraysJAAAIQPxU2UEQ//////////9/KgAGAS/QFQAAAAAAAADWq2srCQAA
        CED8VNlBKgoKCAoBYRUAAID/rlWF0g==
        """;

    [Fact]
    public void Events_are_the_bytes_they_have_always_been() =>
        Assert.Equal(Convert.ToHexString(Convert.FromBase64String(Always)), Convert.ToHexString(Everything()));

    [Fact]
    public void Their_steps_are_read_back_and_what_is_no_event_has_none()
    {
        Assert.Equal(
            [0, 6, 1, 300, long.MaxValue, 0],
            TfRecord.Payloads(new MemoryStream(Convert.FromBase64String(Always))).Select(TensorBoardEvent.StepOf));
        Assert.Equal(0, TensorBoardEvent.StepOf([]));
        Assert.Equal(0, TensorBoardEvent.StepOf([0xff, 0xff, 0xff]));
        Assert.Equal(0, TensorBoardEvent.StepOf([(1 << 3) | 1, 0, 0]));
        // This step is truncated.
        Assert.Equal(0, TensorBoardEvent.StepOf([2 << 3, 0x80]));
    }

    // The events have each field, its shortest and longest numbers, texts beyond ASCII, and an event without a scalar.
    private static byte[] Everything() =>
    [
        .. new[]
        {
            TensorBoardEvent.FileVersion(Time),
            TensorBoardEvent.Restart(Time, 6),
            TensorBoardEvent.Scalars(Time, 1, [("loss/total", 4.5), ("loss/global", 0), ("loss/pixel", -0.0), ("loss/cycle", double.NaN)]),
            TensorBoardEvent.Scalars(
                Time, 300, [("eval/Straße/linear/miou", 0.1), ("", double.PositiveInfinity), (new string('x', 200), 1e-42)]),
            TensorBoardEvent.Scalars(Time, long.MaxValue, []),
            TensorBoardEvent.Scalars(Time, 0, [("a", double.NegativeInfinity)]),
        }.SelectMany(payload => TfRecord.Frame(payload)),
    ];
}
