using System.Net;
using System.Net.Sockets;
using CACL.Actors.Links;
using CACL.Testing;
using CsCheck;

namespace CACL.Actors.Tests.Links;

/// <summary>Frames over a connection, and what is no frame.</summary>
public sealed class LinkStreamTests : IDisposable
{
    private readonly Socket _listening = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly LinkStream _here;
    private readonly LinkStream _there;
    private readonly Socket _socketThere;

    public LinkStreamTests()
    {
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen();
        _here = LinkStream.Connect("127.0.0.1", ((IPEndPoint)_listening.LocalEndPoint!).Port, certificate: null);
        _socketThere = _listening.Accept();
        _there = LinkStream.Accept(_socketThere, certificate: null);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _listening.Dispose();
    }

    [Fact]
    public void A_frame_is_read_as_it_was_written_whatever_its_lengths() => Gen.Select(
        Gen.Byte.Array[0, 6000], Gen.Byte.Array[0, 3000], Gen.Byte.Array[0, 3000]).Sample(
        (header, first, second) =>
        {
            _here.Write(LinkFrame.Pair, header, first, second);
            var head = _there.Read();
            Assert.Equal((LinkFrame.Pair, first.Length + second.Length), (head.Frame, head.Payload));
            Assert.Equal(header, head.Header.ToArray());
            var (one, two) = (new byte[first.Length], new byte[second.Length]);
            if (head.Payload > 0) _there.ReadPayload(head, one, two);
            Assert.Equal(first, one);
            Assert.Equal(second, two);
        },
        iter: 200,
        threads: 1);

    [Fact]
    public void A_frame_with_any_byte_changed_is_refused()
    {
        var frame = Written(LinkFrame.HandedBack, "a header"u8.ToArray(), "a payload"u8.ToArray());
        for (var at = 0; at < frame.Length; at++)
        {
            if (at is >= 4 and < 12) continue; // a length: what follows is waited for, or is no frame
            var damaged = frame.ToArray();
            damaged[at] ^= 0x10;
            using var pair = new LinkStreamTests();
            pair._socketThere.Send(damaged);
            var refused = Assert.Throws<LinkException>(() =>
            {
                var head = pair._here.Read();
                pair._here.Skip(head);
            });
            Assert.Equal("a frame came damaged", refused.Message);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void A_length_that_none_has_is_refused_before_anything_is_reserved_for_it(int at)
    {
        var frame = Written(LinkFrame.Alive, [], []);
        frame[at + 3] = 0x7f;
        _socketThere.Send(frame);
        Assert.Equal("something else than frames came", Assert.Throws<LinkException>(() => _here.Read()).Message);
    }

    [Fact]
    public void Whoever_reads_learns_that_the_other_side_has_gone()
    {
        _there.Dispose();
        Assert.Throws<LinkException>(() => _here.Read());
    }

    [Fact]
    public void A_read_ends_when_its_own_side_ends_the_connection()
    {
        var reading = Task.Run(() => Assert.Throws<LinkException>(() => _here.Read()), TestContext.Current.CancellationToken);
        _here.Dispose();
        Eventually.Ends(reading);
    }

    [Fact]
    public void A_side_that_is_silent_for_too_long_is_given_up()
    {
        LongTests.Only("It is waited for");
        Assert.Contains("was silent for", Assert.Throws<LinkException>(() => _here.Read()).Message);
    }

    private byte[] Written(LinkFrame frame, byte[] header, byte[] payload)
    {
        _here.Write(frame, header, payload);
        var bytes = new byte[20 + header.Length + payload.Length];
        for (var read = 0; read < bytes.Length;) read += _socketThere.Receive(bytes.AsSpan(read));
        return bytes;
    }
}
