using System.Net;
using System.Net.Sockets;
using System.Text;
using CACL.Actors.Certificates;

namespace CACL.Actors.Links;

/// <summary>Listens for the connections of workers, and reads the ticket that each shows first.</summary>
internal sealed class LinkListener : IDisposable
{
    // How many may be shaking hands at once; who does not speak holds one for a few seconds.
    private const int MostAtOnce = 64;
    private const int MostTicket = 256;

    private static readonly TimeSpan AfterAFault = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly NodeCertificate? _certificate;
    private readonly Action<string, LinkStream> _arrived;
    private readonly Action<string> _refused;
    private readonly SemaphoreSlim _hands = new(MostAtOnce);
    private readonly CancellationTokenSource _ended = new();

    private LinkListener(Socket socket, NodeCertificate? certificate, Action<string, LinkStream> arrived, Action<string> refused) =>
        (_socket, _certificate, _arrived, _refused) = (socket, certificate, arrived, refused);

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Listens from now on.</summary>
    /// <param name="address">An address of this machine.</param>
    /// <param name="port">The port; 0: any.</param>
    /// <param name="certificate">What to show, and whom to trust; null: nothing is encrypted.</param>
    /// <param name="arrived">Receives a ticket and the connection that it came over, on any thread.</param>
    /// <param name="refused">Receives a clause about each connection that was turned away.</param>
    /// <exception cref="LinkException">The port cannot be had.</exception>
    public static LinkListener Start(
        IPAddress address, int port, NodeCertificate? certificate, Action<string, LinkStream> arrived, Action<string> refused)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            throw new LinkException($"Nothing can listen on {address}:{port}: {cause.Message}", cause);
        }

        var listener = new LinkListener(socket, certificate, arrived, refused);
        new Thread(listener.Listen) { IsBackground = true, Name = "workers" }.Start();
        return listener;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _socket.Dispose();
    }

    private void Listen()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                _hands.Wait(_ended.Token);
                new Thread(Greet) { IsBackground = true, Name = "a worker" }.Start(_socket.Accept());
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
            {
                // Closed, or too many files are open, or who called has gone again.
                _hands.Release();
                _ended.Token.WaitHandle.WaitOne(AfterAFault);
            }
        }
    }

    private void Greet(object? connection)
    {
        try
        {
            var stream = LinkStream.Accept((Socket)connection!, _certificate);
            try
            {
                var head = stream.Read(mostHeader: MostTicket);
                if (head is not { Frame: LinkFrame.Hello, Payload: 0 })
                    throw new LinkException("it does not say who it is");
                _arrived(Encoding.ASCII.GetString(head.Header.Span), stream);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (LinkException cause)
        {
            _refused(cause.Message);
        }
        finally
        {
            _hands.Release();
        }
    }
}
