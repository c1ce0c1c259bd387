using System.Net;

namespace CACL.Http;

/// <summary>Where a run is served over HTTP, and to whom.</summary>
public sealed record HttpOptions
{
    /// <summary>Whether it is served at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>An address of this machine, or localhost.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port; null: 8080 or the next free one.</summary>
    public int? Port { get; init; }

    /// <summary>The token that a caller must send; empty: none is needed. It is written to no file and no log.</summary>
    public string Token { get; init; } = "";

    /// <summary>How long the program goes on answering after the last step; zero: not at all.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>The address to listen on.</summary>
    /// <exception cref="FormatException"><see cref="Host"/> is no address.</exception>
    public IPAddress Address => AddressOf(Host) ?? throw new FormatException($"The host {Host} is neither an IP address nor localhost.");

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Returns the address that a host stands for; null where it is neither an IP address nor localhost.</summary>
    public static IPAddress? AddressOf(string host) =>
        host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var address) ? address : null;
}
