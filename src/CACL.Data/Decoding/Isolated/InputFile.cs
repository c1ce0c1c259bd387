using CACL.Data.Catalog;
using CACL.Data.DataSets;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Processes;
using FFMpegCore;
using FFMpegCore.Arguments;

namespace CACL.Data.Decoding.Isolated;

/// <summary>A file as ffmpeg's input, opened as nothing but a file and in none but the allowed formats.</summary>
internal sealed class InputFile : IInputArgument
{
    private readonly string _path;

    /// <exception cref="VideoUnusableException">The file cannot be opened, is empty, or is no image although its name says so.</exception>
    internal InputFile(string path)
    {
        _path = path;
        var still = AllowedFormats.StillDemuxerOf(path);
        // A still image of which a part is missing or damaged counts as none.
        var format = still is null
            ? $"-format_whitelist {AllowedFormats.Video}"
            : $"-err_detect crccheck+explode -max_pixels {ImageLimits.Pixels} -f {still}";
        Options = $"-protocol_whitelist file {format}";
    }

    /// <summary>The options that precede the file, for ffmpeg and ffprobe alike.</summary>
    internal string Options { get; }

    /// <inheritdoc/>
    // FFMpegCore's own file argument does not escape quotes. The protocol in front makes any name a file's, even -y or http:x.
    public string Text => $"-i {ChildStartInfo.Quote("file:" + _path)}";

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
}
