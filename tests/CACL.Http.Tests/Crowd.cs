using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CACL.Http.Tests;

/// <summary>Holds many connections to a server open, each of which has sent the same bytes and reads nothing by itself.</summary>
internal sealed class Crowd : IDisposable
{
    private static readonly byte[] Scrap = new byte[64 << 10];
    private readonly List<Socket> _sockets = [];

    /// <summary>Counts those that the server has not closed yet, and throws away what it has sent.</summary>
    public int Open => _sockets.Count(IsOpen);

    /// <summary>Opens them, one after the other.</summary>
    /// <param name="address">The server.</param>
    /// <param name="count">Number of connections.</param>
    /// <param name="sends">The text that each sends; may be empty.</param>
    /// <param name="cancel">Cancels the connecting.</param>
    public static async Task<Crowd> OpenAsync(Uri address, int count, string sends, CancellationToken cancel)
    {
        var crowd = new Crowd();
        for (var i = 0; i < count; i++)
        {
            // The system takes in no more than this for a client that does not read.
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4 << 10 };
            crowd._sockets.Add(socket);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address.Host), address.Port), cancel);
            await crowd.SendAsync(i, sends, cancel);
        }

        return crowd;
    }

    /// <summary>Sends more on one of them; does nothing where the server has closed it already.</summary>
    public async Task SendAsync(int index, string text, CancellationToken cancel)
    {
        try
        {
            if (text.Length > 0) await _sockets[index].SendAsync(Encoding.Latin1.GetBytes(text), cancel);
        }
        catch (SocketException)
        {
            // The server has closed it to make room for another.
        }
    }

    /// <summary>Returns what the server sends on one of them, up to its end or these words; empty where it was cut off.</summary>
    public async Task<string> ReadAsync(int index, string until, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var bytes = new byte[4 << 10];
        try
        {
            while (!text.ToString().Contains(until, StringComparison.Ordinal))
            {
                var read = await _sockets[index].ReceiveAsync(bytes, cancel);
                if (read == 0) break;
                text.Append(Encoding.Latin1.GetString(bytes, 0, read));
            }

            return text.ToString();
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>Resets all connections, as a process that is killed does.</summary>
    public void Reset()
    {
        foreach (var socket in _sockets)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private static bool IsOpen(Socket socket)
    {
        try
        {
            // The waiting responses are followed by the end of the connection, or by nothing yet.
            while (socket.Poll(0, SelectMode.SelectRead))
            {
                if (socket.Receive(Scrap) == 0) return false;
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
