using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Wording;

namespace CACL.Data.Decoding.Selection;

/// <summary>How videos are decoded.</summary>
public enum DecoderKind
{
    /// <summary>In this process where ffmpeg's libraries are found and their version is known, otherwise by the ffmpeg program.</summary>
    Auto,

    /// <summary>By ffmpeg's libraries in this process: fast.</summary>
    InProcess,

    /// <summary>By an ffmpeg process per pair: slow, but a video can crash only that process.</summary>
    Isolated,
}

/// <summary>No decoder of the requested kind is available. The message is a sentence with the remedy.</summary>
public sealed class DecoderUnavailableException : Exception
{
    internal DecoderUnavailableException(string message)
        : base(message)
    {
    }
}

/// <summary>The chosen way to read videos, with factories for as many workers as needed.</summary>
/// <param name="Kind">In-process or isolated.</param>
/// <param name="Why">A sentence that says what was chosen, and why.</param>
/// <param name="CreateDecoder">Creates a decoder for one worker.</param>
/// <param name="CreateProber">Creates a prober for one worker.</param>
public sealed record PairDecoders(DecoderKind Kind, string Why, Func<IPairDecoder> CreateDecoder, Func<IVideoProber> CreateProber)
{
    /// <summary>Returns a factory of decoders that prefer the prepared files of videos to the videos themselves.</summary>
    /// <param name="files">The prepared files.</param>
    public Func<IPairDecoder> Preferring(PreparedFiles files) => () => new PreparedPairDecoder(CreateDecoder(), files);

    /// <summary>Chooses among what is installed.</summary>
    /// <exception cref="DecoderUnavailableException">Nothing suitable is installed.</exception>
    public static PairDecoders Create(DecoderKind kind)
    {
        var why = "asked for";
        if (kind != DecoderKind.Isolated)
        {
            if (FfmpegLibraries.TryLoad(out var libraries, out why))
            {
                return new PairDecoders(
                    DecoderKind.InProcess,
                    $"Videos are decoded in this process by {libraries}.",
                    () => new InProcessPairDecoder(libraries!),
                    () => new InProcessProber(libraries!));
            }

            if (kind == DecoderKind.InProcess)
            {
                throw new DecoderUnavailableException(
                    $"Videos cannot be decoded in this process: {why} Install ffmpeg (Debian, Ubuntu: apt-get install ffmpeg), "
                    + $"or set {SettingNames.Decoder} to auto or isolated.");
            }
        }

        if (!FfmpegProgram.TryFind(out var program, out var whyNot))
            throw new DecoderUnavailableException(kind == DecoderKind.Isolated ? whyNot : $"Videos cannot be decoded. {why} {whyNot}");
        return new PairDecoders(
            DecoderKind.Isolated,
            $"Videos are decoded by {program}, a process a pair ({why.TrimEnd('.')}).",
            () => new IsolatedPairDecoder(program!),
            () => new IsolatedProber(program!));
    }
}
