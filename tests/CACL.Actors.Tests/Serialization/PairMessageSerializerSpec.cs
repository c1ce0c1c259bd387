using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Serialization;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Testing;
using CsCheck;

namespace CACL.Actors.Tests.Serialization;

/// <summary>Decoded pairs as bytes: what is kept, whose memory they lie in, and what is refused.</summary>
public sealed class PairMessageSerializerSpec : ActorSpec
{
    private const int CropSize = 8;
    private static readonly SamplePlan Plan = (SamplePlan)new MessageSamples(1, real: 0.5).Of(typeof(SamplePlan));

    private readonly FramePairPool _senders = new(CropSize);
    private readonly FramePairPool _receivers = new(CropSize);
    private readonly PairMessageSerializer _serializer;

    public PairMessageSerializerSpec()
    {
        PairMemory.Of(Sys).Use(_receivers);
        _serializer = new PairMessageSerializer((ExtendedActorSystem)Sys);
    }

    [Fact]
    public void Both_messages_have_the_names_that_they_always_had()
    {
        using var pair = _senders.Rent();
        Assert.Equal("decoder", _serializer.Manifest(new DecoderProtocol.Decoded(1, pair)));
        Assert.Equal("pool", _serializer.Manifest(new PoolProtocol.Decoded(pair)));
        Assert.Equal(190_282, _serializer.Identifier);
        Assert.Throws<SerializationException>(() => _serializer.Manifest("no pair"));
        Type[] types = [typeof(DecoderProtocol.Decoded), typeof(PoolProtocol.Decoded)];
        Each.Holds(types, type => Assert.IsType<PairMessageSerializer>(Sys.Serialization.FindSerializerForType(type)));
    }

    [Fact]
    public void A_pair_comes_with_its_bytes_plan_path_and_request_in_memory_of_the_receiver() =>
        Gen.Select(Gen.Bool, Gen.Long, Gen.String, Gen.Byte.Array[CropSize * CropSize * 6], Gen.Int[1, 1_000_000], Gen.Bool).Sample(
            (fromDecoder, request, path, bytes, start, hasPlan) =>
            {
                var plan = hasPlan ? (SamplePlan)new MessageSamples(start, real: start / 7f).Of(typeof(SamplePlan)) : null;
                var message = Message(fromDecoder, request, path, plan, bytes);
                var manifest = _serializer.Manifest(message);
                var written = _serializer.ToBinary(message);
                Assert.Equal((0, 0), (_senders.Rented, _receivers.Rented)); // on the wire it is in nobody's memory
                var read = _serializer.FromBinary(written, manifest);
                Assert.Equal((0, 1), (_senders.Rented, _receivers.Rented));
                using var pair = ((IPairMessage)read).Pair;
                Assert.Equal((message.GetType(), path), (read.GetType(), pair.Path));
                Assert.Equal(fromDecoder ? request : null, (read as DecoderProtocol.Decoded)?.Request);
                Assert.Null(DeepComparison.Difference(plan, pair.Plan, "Plan"));
                Assert.True(pair.First.SequenceEqual(bytes.AsSpan(0, bytes.Length / 2)));
                Assert.True(pair.Second.SequenceEqual(bytes.AsSpan(bytes.Length / 2)));
            },
            threads: 1);

    [Theory]
    [InlineData(16)]
    [InlineData(7)]
    public void A_pair_of_another_crop_size_is_refused_and_leaves_nothing_rented(int size)
    {
        using var others = new FramePairPool(size);
        var refused = AssertRefused(_serializer.ToBinary(new PoolProtocol.Decoded(others.Rent())), "pool");
        Assert.Equal($"A pair of {size * size * 6} bytes came where {CropSize * CropSize * 6} were expected: another crop size.", refused);
    }

    [Theory]
    [InlineData("decoder")]
    [InlineData("pool")]
    public void A_pair_that_is_cut_off_anywhere_is_refused_and_leaves_nothing_rented(string manifest)
    {
        var whole = Written();
        Each.Holds(Enumerable.Range(0, whole.Length), length => AssertRefused(whole[..length], manifest));
    }

    [Fact]
    public void A_pair_with_something_behind_it_is_refused() =>
        Gen.Byte.Array[1, 100].Sample(more => AssertRefused([.. Written(), .. more], "pool"), iter: 20, threads: 1);

    [Fact]
    public void A_pair_whose_header_is_damaged_is_refused_or_is_still_a_pair() => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Sample(
        (where, value) =>
        {
            var bytes = Written();
            bytes[where % (sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(bytes))] = value;
            try
            {
                using var pair = ((IPairMessage)_serializer.FromBinary(bytes, "decoder")).Pair;
                Assert.NotNull(pair.Path);
                Assert.Null(DeepComparison.Missing(pair.Plan, "Plan"));
            }
            catch (SerializationException refused)
            {
                Assert.StartsWith("A pair ", refused.Message, StringComparison.Ordinal);
            }

            Assert.Equal(0, _receivers.Rented);
        },
        iter: 2000, threads: 1);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Request\":1,\"Plan\":null,\"Path\":null}")]
    [InlineData("{\"Request\":1,\"Plan\":{},\"Path\":\"/a\"}")]
    [InlineData("{\"Request\":\"one\",\"Plan\":null,\"Path\":\"/a\"}")]
    public void A_header_that_lacks_something_is_refused_and_leaves_nothing_rented(string header) => AssertRefused(Framed(header), "pool");

    [Fact]
    public void A_length_of_the_header_that_cannot_be_is_refused() => Gen.Int.Sample(
        length =>
        {
            var bytes = Written();
            if (length == BinaryPrimitives.ReadInt32LittleEndian(bytes)) return;
            BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
            AssertRefused(bytes, "pool");
        },
        threads: 1);

    [Fact]
    public void A_name_that_no_message_has_is_refused_and_leaves_nothing_rented() => AssertRefused(Written(), "trainer");

    [Fact]
    public void A_pair_that_comes_before_a_run_has_begun_or_when_it_is_over_is_refused()
    {
        using var before = ActorSystem.Create("before", "akka { loggers = [], stdout-loglevel = OFF }");
        var early = new PairMessageSerializer((ExtendedActorSystem)before);
        Assert.Equal(
            "A pair came before a run had begun that could take it.",
            Assert.Throws<SerializationException>(() => early.FromBinary(Written(), "pool")).Message);
        _receivers.Dispose();
        Assert.Equal("A pair came when the run was over that could take it.", AssertRefused(Written(), "pool"));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _senders.Dispose();
        _receivers.Dispose();
    }

    private byte[] Written() =>
        _serializer.ToBinary(Message(fromDecoder: true, 7, "/a.mp4", Plan, [.. Enumerable.Repeat((byte)'7', CropSize * CropSize * 6)]));

    private static byte[] Framed(string header)
    {
        var bytes = new byte[sizeof(int) + header.Length + (CropSize * CropSize * 6)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, header.Length);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(sizeof(int)));
        return bytes;
    }

    private IPairMessage Message(bool fromDecoder, long request, string path, SamplePlan? plan, byte[] bytes)
    {
        var pair = _senders.Rent();
        (pair.Plan, pair.Path) = (plan, path);
        bytes.AsSpan(0, bytes.Length / 2).CopyTo(pair.First);
        bytes.AsSpan(bytes.Length / 2).CopyTo(pair.Second);
        return fromDecoder ? new DecoderProtocol.Decoded(request, pair) : new PoolProtocol.Decoded(pair);
    }

    private string AssertRefused(byte[] bytes, string manifest)
    {
        var refused = Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes, manifest));
        Assert.StartsWith("A pair ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _receivers.Rented);
        return refused.Message;
    }
}
