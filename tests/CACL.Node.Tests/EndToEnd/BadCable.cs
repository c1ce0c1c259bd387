using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// Carries packets between two network interfaces of this machine, and loses, doubles, delays and so reorders some of them, as a network
/// between buildings may. The kernel's own netem does the same where it is built in, which is not everywhere.
/// </summary>
internal sealed class BadCable : IDisposable
{
    private const double LostShare = 0.005;
    private const double DoubledShare = 0.1;
    private const int MostDelay = 20; // ms
    private const int PacketOptions = 263; // SOL_PACKET
    private const int WithOffloads = 15; // PACKET_VNET_HDR: packets come and go as the cards' offloads left them
    private const int WithoutOwn = 23; // PACKET_IGNORE_OUTGOING
    private const int EveryProtocol = 3; // ETH_P_ALL
    private const int LargestPacket = 1 << 17;

    private readonly Socket[] _ends;
    private readonly CancellationTokenSource _over = new();
    private long _carried;
    private long _lost;
    private long _doubled;

    public BadCable(string one, string other)
    {
        _ends = [Open(one), Open(other)];
        Carry(_ends[0], _ends[1], seed: 1);
        Carry(_ends[1], _ends[0], seed: 2);
    }

    public (long Carried, long Lost, long Doubled) Packets =>
        (Interlocked.Read(ref _carried), Interlocked.Read(ref _lost), Interlocked.Read(ref _doubled));

    public void Dispose()
    {
        _over.Cancel();
        foreach (var end in _ends) end.Dispose();
        _over.Dispose();
    }

    private static Socket Open(string name)
    {
        var socket = new Socket(
            AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness((ushort)EveryProtocol));
        socket.SetRawSocketOption(PacketOptions, WithOffloads, BitConverter.GetBytes(1));
        socket.SetRawSocketOption(PacketOptions, WithoutOwn, BitConverter.GetBytes(1));
        var index = int.Parse(File.ReadAllText($"/sys/class/net/{name}/ifindex"));
        socket.Bind(new Interface(index));
        return socket;
    }

    private void Carry(Socket from, Socket to, int seed)
    {
        var random = new Random(seed);
        var over = _over.Token;
        new Thread(() =>
        {
            var packet = new byte[LargestPacket];
            try
            {
                while (!over.IsCancellationRequested)
                {
                    var length = from.Receive(packet);
                    if (random.NextDouble() < LostShare)
                    {
                        Interlocked.Increment(ref _lost);
                        continue;
                    }

                    Interlocked.Increment(ref _carried);
                    Send(packet[..length]);
                    if (random.NextDouble() >= DoubledShare) continue;
                    Interlocked.Increment(ref _doubled);
                    Send(packet[..length]);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The machines are gone.
            }
        })
        { IsBackground = true, Name = "cable" }.Start();

        void Send(byte[] copy) => _ = Task.Run(async () =>
        {
            try
            {
#pragma warning disable RS0030 // Nobody waits for something here: it is the way that takes so long.
                await Task.Delay(random.Next(MostDelay), over);
#pragma warning restore RS0030
                to.Send(copy);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // A packet that cannot be sent is lost.
            }
        });
    }

    /// <summary>All packets of one network interface: a sockaddr_ll.</summary>
    private sealed class Interface(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            address[2] = 0;
            address[3] = EveryProtocol;
            for (var i = 0; i < 4; i++) address[4 + i] = (byte)(index >> (8 * i));
            return address;
        }
    }
}
