using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using FFMpegCore;
using FFMpegCore.Arguments;

namespace CACL.Data.Decoding.Isolated;

/// <summary>A file as ffmpeg's input, opened as nothing but a file and as none but the allowed formats.</summary>
internal sealed class InputFile : IInputArgument
{
    private readonly string _path;

    /// <exception cref="VideoUnusableException">It cannot be opened, is empty, or is no image though named like one.</exception>
    internal InputFile(string path)
    {
        _path = path;
        var still = StillDemuxer(path);
        Options = still is null ? $"-protocol_whitelist file -format_whitelist {AllowedFormats.Video}" : $"-protocol_whitelist file -f {still}";
    }

    /// <summary>Options that stand before the file, of ffmpeg and ffprobe alike.</summary>
    internal string Options { get; }

    /// <inheritdoc/>
    // FFMpegCore's own file argument does not escape quotes. The protocol in front makes any name a file's, even -y or http:x.
    public string Text => $"-i {ChildProcess.Quote("file:" + _path)}";

    /// <inheritdoc/>
    public void Pre(FFOptions options)
    {
    }

    /// <inheritdoc/>
    public Task During(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Post()
    {
    }

    private static string? StillDemuxer(string path)
    {
        Span<byte> head = stackalloc byte[12];
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.Read(file, head, 0);
            if (length == 0) throw new VideoUnusableException(path, UnusableReason.Unreadable, $"{path} is empty.");
            head = head[..length];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VideoUnusableException(path, UnusableReason.Unreadable, $"{path} cannot be opened: {error.Message}", error);
        }

        if (!AllowedFormats.IsStill(path)) return null;
        return AllowedFormats.StillDemuxer(head)
            ?? throw new VideoUnusableException(path, UnusableReason.NotAVideo, $"{path} is named like an image but does not begin like one.");
    }
}
