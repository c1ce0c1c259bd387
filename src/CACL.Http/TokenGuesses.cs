using System.Net;
using System.Net.Sockets;
using CACL.Http.Logging;
using Serilog;

namespace CACL.Http;

/// <summary>
/// Limits how often an address may send a wrong token: a few times at once, then one a second. Meanwhile no token of it is looked at, or
/// the right one would be found as fast as before. The same wrong token again is no guess: a page that holds an old one asks on and on.
/// Thread-safe.
/// </summary>
/// <param name="limits">How many guesses an address has.</param>
/// <param name="clock">Gives guesses back as time passes.</param>
/// <param name="log">Gathers the lines about them.</param>
internal sealed class TokenGuesses(HttpLimits limits, TimeProvider clock, LogLimit log)
{
    // Whoever has more addresses than this shares what is left with all others that are new.
    private const int MostAddresses = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Guesser> _guessers = [];

    /// <summary>Returns whether a token of this address may be looked at now.</summary>
    public bool MayGuess(IPAddress? address)
    {
        lock (_gate) return Find(Key(address)) is not { } guesser || Left(guesser) >= 1;
    }

    /// <summary>Notes that an address sent a wrong token.</summary>
    /// <param name="address">The address.</param>
    /// <param name="hash">The token's hash.</param>
    public void Note(IPAddress? address, byte[] hash)
    {
        lock (_gate)
        {
            var guesser = Find(Key(address)) ?? Add(Key(address));
            if (guesser.Hash is not null && guesser.Hash.AsSpan().SequenceEqual(hash)) return;
            (guesser.Left, guesser.At, guesser.Hash) = (Left(guesser) - 1, clock.GetTimestamp(), hash);
        }

        log.Write(nameof(TokenGuesses), count =>
        {
            if (count == 1) Log.Warning("A wrong token was sent from {Address}", address);
            else Log.Warning("Wrong tokens were sent {Count} times in a minute, the last one from {Address}", count, address);
        });
    }

    // A site has as many IPv6 addresses as it likes, all with the same first half.
    private static IPAddress Key(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private Guesser? Find(IPAddress key) =>
        _guessers.GetValueOrDefault(key) ?? (_guessers.Count >= MostAddresses ? _guessers.GetValueOrDefault(IPAddress.Any) : null);

    private Guesser Add(IPAddress key)
    {
        if (_guessers.Count >= MostAddresses)
        {
            foreach (var (quiet, _) in _guessers.Where(g => Left(g.Value) >= limits.TokenGuesses).ToList()) _guessers.Remove(quiet);
        }

        if (_guessers.Count >= MostAddresses) key = IPAddress.Any;
        return _guessers[key] = new Guesser { Left = limits.TokenGuesses, At = clock.GetTimestamp() };
    }

    private double Left(Guesser guesser) => Math.Min(
        limits.TokenGuesses, guesser.Left + (clock.GetElapsedTime(guesser.At) / limits.TokenGuessTime));

    private sealed class Guesser
    {
        public double Left { get; set; }

        public long At { get; set; }

        public byte[]? Hash { get; set; }
    }
}
