using CACL.Data.Files;
using CACL.Data.Wording;

namespace CACL.Learning.Weights;

/// <summary>The format of a PyTorch file, according to its first bytes.</summary>
internal enum TorchFormat
{
    /// <summary>Not a PyTorch file.</summary>
    None,

    /// <summary>A zip archive: PyTorch 1.6 and later.</summary>
    Zip,

    /// <summary>A stream of pickles: PyTorch before 1.6. Any other pickle begins so, too.</summary>
    Stream,

    /// <summary>A tar archive: PyTorch before 0.1.10.</summary>
    Tar,
}

/// <summary>Tells PyTorch files from others; reads only their beginning.</summary>
internal static class TorchFormats
{
    private const int HeadBytes = 262;
    private const byte PickleProtocol = 0x80;

    /// <summary>Returns the format according to a file's first bytes.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TorchFormat Of(string path)
    {
        using var stream = RegularFile.OpenRead(path);
        Span<byte> head = stackalloc byte[HeadBytes];
        head = head[..stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8)) return TorchFormat.Zip;
        if (head is [PickleProtocol, >= 2 and <= 5, ..]) return TorchFormat.Stream;
        return head.Length == HeadBytes && head[257..].StartsWith("ustar"u8) ? TorchFormat.Tar : TorchFormat.None;
    }

    /// <summary>
    /// Returns what to do with a PyTorch file where a safetensors file is needed; null for any other file, and for one that cannot be read.
    /// </summary>
    public static string? Remedy(string path)
    {
        try
        {
            return Of(path) == TorchFormat.None
                ? null
                : $"It is a PyTorch file: run {CommandLines.Import} {path} --out init.safetensors, and name what that writes.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
