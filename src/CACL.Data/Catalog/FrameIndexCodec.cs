namespace CACL.Data.Catalog;

/// <summary>
/// Encodes a frame index in the catalogue's compact form: one version byte; the presentation times as second differences, so that a
/// constant frame rate is one long run of zeros (a zero is followed by the length of the run); the key frames as gaps. All numbers are
/// LEB128 varints, signed ones zigzag-encoded. Ten seconds at a constant rate take about ten bytes, a variable rate one or two bytes per
/// frame.
/// </summary>
internal static class FrameIndexCodec
{
    private const byte Version = 1;

    // Three days at 60 frames a second. A run of any length takes a few bytes, so that bytes alone do not bound the memory.
    private const int MostFrames = 1 << 24;

    internal static byte[] Encode(long[] times, int[] keyFrames)
    {
        using var bytes = new MemoryStream();
        bytes.WriteByte(Version);
        WriteTimes(bytes, times);
        Write(bytes, (ulong)keyFrames.Length);
        var before = 0;
        foreach (var keyFrame in keyFrames)
        {
            Write(bytes, Zigzag(keyFrame - (long)before));
            before = keyFrame;
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Encode"/> writes for that many frames.</exception>
    internal static (long[] Times, int[] KeyFrames) Decode(ReadOnlySpan<byte> bytes, int frames)
    {
        if (frames is < 0 or > MostFrames) throw new InvalidDataException($"{frames} frames");
        if (bytes.IsEmpty || bytes[0] != Version) throw new InvalidDataException("unknown version");
        bytes = bytes[1..];
        var times = ReadTimes(ref bytes, frames);
        var keys = Read(ref bytes);
        if (keys > (ulong)frames) throw new InvalidDataException("more key frames than frames");
        var keyFrames = new int[keys];
        long before = 0;
        for (var i = 0; i < keyFrames.Length; i++)
        {
            before = unchecked(before + Unzigzag(Read(ref bytes)));
            if (before < 0 || before >= frames) throw new InvalidDataException("a key frame outside the video");
            keyFrames[i] = (int)before;
        }

        if (!bytes.IsEmpty) throw new InvalidDataException("bytes left over");
        return (times, keyFrames);
    }

    // The arithmetic wraps on purpose: whatever times a file claims come back unchanged.
    private static void WriteTimes(MemoryStream bytes, long[] times)
    {
        long before = 0, step = 0;
        ulong zeros = 0;
        foreach (var time in times)
        {
            var change = unchecked(time - before - step);
            step = unchecked(time - before);
            before = time;
            if (change == 0)
            {
                zeros++;
                continue;
            }

            FlushZeros(bytes, ref zeros);
            Write(bytes, Zigzag(change));
        }

        FlushZeros(bytes, ref zeros);
    }

    private static long[] ReadTimes(ref ReadOnlySpan<byte> bytes, int frames)
    {
        var times = new long[frames];
        long before = 0, step = 0;
        for (var frame = 0; frame < frames;)
        {
            var change = Unzigzag(Read(ref bytes));
            var run = change == 0 ? Read(ref bytes) : 1;
            if (run == 0 || run > (ulong)(frames - frame)) throw new InvalidDataException("a run of frames past the end");
            for (; run > 0; run--)
            {
                step = unchecked(step + change);
                before = unchecked(before + step);
                times[frame++] = before;
            }
        }

        return times;
    }

    private static void FlushZeros(MemoryStream bytes, ref ulong zeros)
    {
        if (zeros == 0) return;
        Write(bytes, 0);
        Write(bytes, zeros);
        zeros = 0;
    }

    private static void Write(MemoryStream bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.WriteByte((byte)(value | 0x80));
        bytes.WriteByte((byte)value);
    }

    private static ulong Read(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (bytes.IsEmpty) throw new InvalidDataException("cut short");
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("a number of more than 64 bits");
    }

    private static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
