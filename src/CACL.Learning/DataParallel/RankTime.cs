using System.Buffers.Binary;
using CACL.Learning.Methods;

namespace CACL.Learning.DataParallel;

/// <summary>
/// What a rank's last step took, which it says before the next one. Not a number: it has taken none, or a card exchanges.
/// </summary>
/// <param name="Computing">Seconds without the exchanges.</param>
/// <param name="Exchanging">Seconds in exchanges, with waiting for other ranks.</param>
internal readonly record struct RankTime(double Computing, double Exchanging)
{
    /// <summary>How many bytes one takes.</summary>
    public const int Bytes = 2 * sizeof(double);

    /// <summary>Of a rank that has nothing to say.</summary>
    public static RankTime Unknown { get; } = new(double.NaN, double.NaN);

    /// <summary>Returns that of a step.</summary>
    /// <param name="all">How long it took.</param>
    /// <param name="exchange">How much of that were exchanges, if it is known.</param>
    public static RankTime Of(TimeSpan all, double? exchange) =>
        exchange is { } seconds ? new(all.TotalSeconds - seconds, seconds) : Unknown;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static RankTime Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadDoubleLittleEndian(bytes), BinaryPrimitives.ReadDoubleLittleEndian(bytes[sizeof(double)..]));

    /// <summary>Returns what the slowest of them took; null if one has nothing to say.</summary>
    public static RankTimes? Slowest(IReadOnlyList<RankTime> ofRanks)
    {
        if (ofRanks.Any(time => double.IsNaN(time.Computing))) return null;
        var (rank, time) = ofRanks.Index().MaxBy(entry => entry.Item.Computing);
        return new RankTimes(rank, time.Computing, time.Exchanging);
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, Computing);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[sizeof(double)..], Exchanging);
    }
}
