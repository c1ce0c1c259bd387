using System.Net;
using System.Net.Sockets;
using CACL.Data.Wording;

namespace CACL.Http.Server;

/// <summary>Opens the socket that the server listens on; from then on no other process can have its port.</summary>
internal static class ListenSocket
{
    private const int FirstPort = 8080;
    private const int Ports = 51;
    private const int Backlog = 512;

    /// <summary>Returns a socket that listens; null where no port was asked for and none is free.</summary>
    /// <exception cref="ListenException">The port asked for is taken, or the address is not this machine's.</exception>
    public static Socket? Open(HttpOptions options, HttpLimits limits)
    {
        var ports = options.Port is { } wanted ? [wanted] : Enumerable.Range(FirstPort, Ports);
        foreach (var port in ports)
        {
            var socket = new Socket(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // Connections inherit their listener's buffers. Without this the system would hold megabytes for each client that does
                // not read.
                socket.SendBufferSize = socket.ReceiveBufferSize = limits.BufferBytes;
                socket.Bind(new IPEndPoint(options.Address, port));
                // Two sockets may be bound to one port; listening takes it.
                socket.Listen(Backlog);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                if (e.SocketErrorCode == SocketError.AddressAlreadyInUse && options.Port is null) continue;
                throw Refused(options, port, e);
            }
        }

        return null;
    }

    private static ListenException Refused(HttpOptions options, int port, SocketException cause) => new(
        cause.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"The port {port} of {SettingNames.HttpPort} is in use by another program. Choose another one, or auto for the "
                    + "next free one.",
            SocketError.AddressNotAvailable => $"The address {options.Host} of {SettingNames.HttpHost} is not this machine's. Use "
                + "127.0.0.1, 0.0.0.0 or one that `ip address` shows.",
            SocketError.AccessDenied => $"The port {port} of {SettingNames.HttpPort} may not be opened by this user. Choose one "
                + "above 1023.",
            _ => $"{options.Host}:{port} ({SettingNames.HttpHost}, {SettingNames.HttpPort}) cannot be opened: {cause.Message}. Set "
                + $"{SettingNames.HttpEnabled} = false to train without.",
        },
        cause);
}
