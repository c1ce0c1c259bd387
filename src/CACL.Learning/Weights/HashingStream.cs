using System.Security.Cryptography;
using CACL.Data.Files;

namespace CACL.Learning.Weights;

/// <summary>A stream to a new file that computes the SHA-256 of what is written to it. Forward only.</summary>
internal sealed class HashingStream : Stream
{
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public HashingStream(string path) =>
        _file = RegularFile.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException("A hashed file is written from its beginning to its end.");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _file.Write(buffer);
        _hash.AppendData(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => _file.Flush();

    /// <summary>Flushes everything to the disk, and returns the file's entry for the manifest.</summary>
    public ManifestEntry Finish()
    {
        FileSync.Content(_file);
        return new(System.IO.Path.GetFileName(_file.Name), _file.Length, Convert.ToHexStringLower(_hash.GetCurrentHash()));
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
