using System.Net;
using System.Net.Sockets;
using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.Http.Server;

/// <summary>A port of this process's own, taken at once: from then on no other process can have it.</summary>
internal static class ListenSocket
{
    private const int FirstPort = 8080;
    private const int Ports = 51;
    private const int Backlog = 512;

    /// <summary>A socket that listens; null where the port is to be found and none of them is free.</summary>
    /// <exception cref="UserException">The port asked for is taken, or the address is not this machine's.</exception>
    public static Socket? Open(HttpSettings settings, HttpLimits limits)
    {
        var ports = settings.Port is { } wanted ? [wanted] : Enumerable.Range(FirstPort, Ports);
        foreach (var port in ports)
        {
            var socket = new Socket(settings.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // Connections have what their listener has. By itself the system would hold megabytes for each client that does not read.
                socket.SendBufferSize = socket.ReceiveBufferSize = limits.WaitingBytes;
                socket.Bind(new IPEndPoint(settings.Address, port));
                // Only a port that is listened on is taken: two may be bound to it before.
                socket.Listen(Backlog);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                if (e.SocketErrorCode == SocketError.AddressAlreadyInUse && settings.Port is null) continue;
                throw Refused(settings, port, e);
            }
        }

        return null;
    }

    private static UserException Refused(HttpSettings settings, int port, SocketException cause) => new(
        cause.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"The port {port} of cacl.http.port is in use by another program. Choose another one, or auto for the next free one.",
            SocketError.AddressNotAvailable => $"The address {settings.Host} of cacl.http.host is not this machine's. Use 127.0.0.1, "
                + "0.0.0.0 or one that `ip address` shows.",
            SocketError.AccessDenied => $"The port {port} of cacl.http.port may not be opened by this user. Choose one above 1023.",
            _ => $"{settings.Host}:{port} (cacl.http.host, cacl.http.port) cannot be opened: {cause.Message}. Set cacl.http.enabled "
                + "= false to train without.",
        },
        cause);
}
