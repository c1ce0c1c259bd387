using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Node.Telemetry.TensorBoard;
using CACL.Runs.Steps;
using CACL.Testing;
using CsCheck;
using Google.Protobuf;

namespace CACL.Node.Tests.Telemetry;

/// <summary>
/// Tests event files with readers that share no code with the writer: one here and one in Python by the file format, and TensorFlow's
/// message definitions.
/// </summary>
public sealed class TensorBoardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_checksum_is_that_of_the_published_examples()
    {
        // RFC 3720 (iSCSI), B.4, has the CRC-32C of 32 bytes of zeros, of ones, and of 0 to 31.
        Assert.Equal(Masked(0x8A9136AA), MaskedCrc32C.Of(new byte[32]));
        Assert.Equal(Masked(0x62A8AB43), MaskedCrc32C.Of(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(Masked(0x46DD794E), MaskedCrc32C.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(Masked(0xE3069283), MaskedCrc32C.Of("123456789"u8));
    }

    [Fact]
    public void Steps_and_evaluations_read_back_by_another_reader()
    {
        using (var log = TensorBoardLog.Start(_folder.Path, 0, TimeProvider.System)!)
        {
            log.Observe(Step(1, 4.5));
            log.Observe(Step(2, 4.25));
            log.Evaluated(JsonNode.Parse("""{"step":2,"dataset":"camvid","protocol":"linear","status":"done","miou":0.25,"macc":null,"aacc":0.5}""")!.AsObject());
            log.Evaluated(JsonNode.Parse("""{"step":2,"dataset":"camvid","protocol":"linear","status":"failed","error":"x"}""")!.AsObject());
        }

        var scalars = Read();
        Has(scalars["loss/total"], (1L, 4.5f), (2L, 4.25f));
        Has(scalars["optimiser/learning_rate"], (1L, 0.1f), (2L, 0.1f));
        Has(scalars["eval/camvid/linear/miou"], (2L, 0.25f));
        Has(scalars["eval/camvid/linear/aacc"], (2L, 0.5f));
        Has(scalars["accuracy/top1_global"], (1L, 0.5f), (2L, 0.5f));
        Has(scalars["collapse/spread_cycle"], (1L, 0.25f), (2L, 0.25f));
        Assert.DoesNotContain("loss/pixel", scalars.Keys);
        Assert.DoesNotContain("eval/camvid/linear/macc", scalars.Keys);
    }

    [Fact]
    public void A_killed_run_that_is_resumed_has_each_step_once()
    {
        using (var first = TensorBoardLog.Start(_folder.Path, 0, TimeProvider.System)!)
        {
            for (var step = 1; step <= 8; step++) first.Observe(Step(step, step));
            first.Evaluated(JsonNode.Parse("""{"step":4,"dataset":"a","protocol":"linear","status":"done","miou":0.5}""")!.AsObject());
        }

        // The writer was killed in the middle of a write.
        var torn = Assert.Single(Directory.GetFiles(_folder.Path));
        using (var cut = new FileStream(torn, FileMode.Append)) cut.Write([24, 0, 0, 0]);
        using (var second = TensorBoardLog.Start(_folder.Path, 5, TimeProvider.System)!)
        {
            for (var step = 6; step <= 9; step++) second.Observe(Step(step, step));
        }

        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
        Assert.Equal(Enumerable.Range(1, 9).Select(s => ((long)s, (float)s)), Read()["loss/total"]);
        Has(Read()["eval/a/linear/miou"], (4L, 0.5f));
        // A reader that still has the steps that are repeated is told to drop them: SessionLog START at step 6.
        Assert.Contains(EventFileReader.Events(_folder.Path), e => e.Step == 6 && e.SessionStart);
    }

    [Fact]
    public void TensorFlows_own_message_definitions_read_every_event_and_would_write_the_same_bytes()
    {
        using (var first = TensorBoardLog.Start(_folder.Path, 0, TimeProvider.System)!) first.Observe(Step(1, 4.5));
        using (var log = TensorBoardLog.Start(_folder.Path, 1, TimeProvider.System)!)
        {
            log.Observe(Step(300, 4.25));
            log.Evaluated(JsonNode.Parse("""{"step":20000,"dataset":"camvid","protocol":"linear","status":"done","miou":0.25}""")!.AsObject());
        }

        // TorchSharp contains the classes that protoc generates from TensorFlow's event.proto and summary.proto.
        var payloads = EventFileReader.Payloads(_folder.Path).ToList();
        var events = payloads.ConvertAll(payload => Tensorboard.Event.Parser.ParseFrom(payload));
        Assert.Equal(payloads, events.Select(e => e.ToByteArray()));
        Each.Holds(events, e => Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - e.WallTime, -1, 60));
        Assert.Equal(
            [
                (0L, "brain.Event:2"), (1L, "loss/total=4.5"), (0L, "brain.Event:2"), (2L, "Start"), (300L, "loss/total=4.25"),
                (20000L, "eval/camvid/linear/miou=0.25")],
            events.Select(e => (e.Step, e.WhatCase switch
            {
                Tensorboard.Event.WhatOneofCase.FileVersion => e.FileVersion,
                Tensorboard.Event.WhatOneofCase.SessionLog => $"{e.SessionLog.Status}",
                _ => string.Create(CultureInfo.InvariantCulture, $"{e.Summary.Value[0].Tag}={e.Summary.Value[0].SimpleValue}"),
            })));
    }

    [Fact]
    public void What_is_written_is_in_the_file_at_once()
    {
        using var log = TensorBoardLog.Start(_folder.Path, 0, TimeProvider.System)!;
        log.Observe(Step(1, 3));
        Has(Read()["loss/total"], (1L, 3f));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_reason_to_stop()
    {
        File.WriteAllText(_folder.File("taken"), "");
        Assert.Null(TensorBoardLog.Start(_folder.File("taken"), 0, TimeProvider.System));
    }

    [Fact]
    public void A_million_steps_are_thinned_to_some_ten_thousands()
    {
        var written = Enumerable.Range(1, 1_000_000).Count(step => TensorBoardLog.IsWritten(step));
        Assert.Equal(10_000 + 9_000 + 9_000, written);
    }

    [Fact]
    public void Any_payload_comes_back_and_any_change_of_a_byte_is_found() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 10_000], Gen.Int[1, 255]).Sample((payload, at, by) =>
        {
            var record = TfRecord.Frame(payload);
            Assert.Equal(payload, Assert.Single(TfRecord.Payloads(new MemoryStream(record))));
            record[at % record.Length] ^= (byte)by;
            Assert.Empty(TfRecord.Payloads(new MemoryStream(record)));
        });

    [Fact]
    public void Python_reads_the_same()
    {
        using (var log = TensorBoardLog.Start(_folder.Path, 0, TimeProvider.System)!)
        {
            for (var step = 1; step <= 3; step++) log.Observe(Step(step, step / 4.0));
        }

        const string Script =
            """
            import glob, struct, sys
            def crc(data):
                c = 0xffffffff
                for b in data:
                    c ^= b
                    for _ in range(8): c = (c >> 1) ^ (0x82f63b78 if c & 1 else 0)
                c ^= 0xffffffff
                return (((c >> 15) | (c << 17)) + 0xa282ead8) & 0xffffffff
            def fields(m):
                i = 0
                def varint():
                    nonlocal i
                    v = s = 0
                    while True:
                        b = m[i]; i += 1
                        v |= (b & 127) << s; s += 7
                        if b < 128: return v
                while i < len(m):
                    k = varint(); f, t = k >> 3, k & 7
                    if t == 0: yield f, varint()
                    elif t == 1: yield f, struct.unpack('<d', m[i:i+8])[0]; i += 8
                    elif t == 5: yield f, struct.unpack('<f', m[i:i+4])[0]; i += 4
                    else:
                        n = varint(); yield f, m[i:i+n]; i += n
            for path in sorted(glob.glob(sys.argv[1] + '/*tfevents*')):
                data = open(path, 'rb').read(); at = 0
                while at < len(data):
                    n, = struct.unpack('<Q', data[at:at+8])
                    assert struct.unpack('<I', data[at+8:at+12])[0] == crc(data[at:at+8])
                    body = data[at+12:at+12+n]
                    assert struct.unpack('<I', data[at+12+n:at+16+n])[0] == crc(body)
                    at += 16 + n
                    event = dict(fields(body))
                    if 3 in event: print('version', event[3].decode())
                    for f, v in fields(event.get(5, b'')):
                        value = dict(fields(v))
                        if value[1] == b'loss/total': print(event[2], value[2])
            """;
        Assert.Equal("version brain.Event:2\n1 0.25\n2 0.5\n3 0.75\n", Python.RunPlain(Script, _folder.Path));
    }

    private static StepMetrics Step(long step, double loss) =>
        new(step, step / 10.0, Result(loss), 1, 0.5, 4);

    private static StepResult Result(double loss) =>
        CaclResults.With(CaclResults.Of(loss, global: loss, top1: 0.5), (CaclResults.Metrics.Spread[Heads.Cycle], 0.25));

    private static void Has(List<(long Step, float Value)> actual, params (long, float)[] expected) =>
        Assert.Equal<(long, float)>(expected, actual);

    private static uint Masked(uint crc) => unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8);

    private Dictionary<string, List<(long Step, float Value)>> Read() => EventFileReader.Scalars(_folder.Path);
}
