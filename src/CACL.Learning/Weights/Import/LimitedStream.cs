namespace CACL.Learning.Weights.Import;

/// <summary>
/// Reads another stream, and for a while only so many bytes of it; beyond them it throws <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class LimitedStream(Stream inner) : Stream
{
    private long _left = long.MaxValue;
    private string _what = "";

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => inner.CanSeek;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <summary>Allows so many bytes from now on.</summary>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="what">What is wrong where more are read, for the exception.</param>
    public void Limit(long bytes, string what) => (_left, _what) = (bytes, what);

    /// <summary>Allows everything from now on.</summary>
    public void Unlimit() => _left = long.MaxValue;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        _left -= read;
        return _left >= 0 ? read : throw new InvalidDataException(_what);
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
