using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CACL.Fuzz.Tests.Running;

/// <summary>
/// Makes inputs of other inputs: bits, bytes, odd numbers, words of the format, blocks taken out, doubled or from elsewhere.
/// </summary>
internal sealed class Mutator(Random random, IReadOnlyList<string> words)
{
    private const int Longest = 64 << 10;

    private static readonly long[] Odd =
    [
        0, 1, -1, 2, 16, 64, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue,
        long.MinValue,
    ];

    /// <summary>Returns a changed copy of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="other">Another one, of which a part may be taken.</param>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = input.ToList();
        for (var times = 1 << random.Next(5); times > 0; times--) Step(bytes, other);
        if (bytes.Count > Longest) bytes.RemoveRange(Longest, bytes.Count - Longest);
        return [.. bytes];
    }

    private void Step(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var some = random.Next(4) == 0 ? random.Next(1, 256) : random.Next(1, 12);
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 2: Overwrite(bytes, at, Number()); break;
            case 3: bytes.InsertRange(at, Number()); break;
            case 4 when words.Count > 0: bytes.InsertRange(at, Word()); break;
            case 5 when words.Count > 0: Overwrite(bytes, at, Word()); break;
            case 6: bytes.RemoveRange(at, Math.Min(some, bytes.Count - at)); break;
            case 7:
                var block = bytes.GetRange(at, Math.Min(some, bytes.Count - at));
                var copies = random.Next(50) == 0 ? 1000 : 1;
                for (; copies > 0 && bytes.Count < Longest; copies--) bytes.InsertRange(random.Next(bytes.Count + 1), block);
                break;
            case 8 when other.Length > 0:
                var from = random.Next(other.Length);
                var piece = other[from..Math.Min(other.Length, from + some)];
                if (random.Next(2) == 0) bytes.InsertRange(at, piece);
                else Overwrite(bytes, at, piece);
                break;
            case 9 when at < bytes.Count: Digits(bytes, at); break;
            default: bytes.Insert(at, (byte)random.Next(256)); break;
        }
    }

    // Replaces a number in a text, of which there is one at or after that place.
    private void Digits(List<byte> bytes, int at)
    {
        while (at < bytes.Count && !char.IsAsciiDigit((char)bytes[at])) at++;
        var length = 0;
        while (at + length < bytes.Count && char.IsAsciiDigit((char)bytes[at + length])) length++;
        if (length == 0) return;
        bytes.RemoveRange(at, length);
        bytes.InsertRange(at, Encoding.ASCII.GetBytes(Odd[random.Next(Odd.Length)].ToString(CultureInfo.InvariantCulture)));
    }

    private byte[] Number()
    {
        var number = new byte[8];
        var value = Odd[random.Next(Odd.Length)] + random.Next(-2, 3);
        if (random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(number, value);
        else BinaryPrimitives.WriteInt64BigEndian(number, value << 32);
        return number[..(1 << random.Next(4))];
    }

    private byte[] Word() => Encoding.Latin1.GetBytes(words[random.Next(words.Count)]);

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length; i++)
        {
            if (at + i < bytes.Count) bytes[at + i] = with[i];
            else bytes.Add(with[i]);
        }
    }
}
