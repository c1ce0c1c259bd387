using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Decoding.Workers;
using CACL.Data.Wording;

namespace CACL.Data.Decoding.Selection;

/// <summary>How videos are decoded.</summary>
public enum DecoderKind
{
    /// <summary>
    /// By workers where ffmpeg's libraries are found and their version is known, otherwise by the ffmpeg program. In this process where it
    /// cannot start workers.
    /// </summary>
    Auto,

    /// <summary>By ffmpeg's libraries in this process: fast, but a video that crashes them crashes this process.</summary>
    InProcess,

    /// <summary>By an ffmpeg process per pair: slow, but a video can crash only that process.</summary>
    Isolated,

    /// <summary>
    /// By ffmpeg's libraries in processes of this program, one a decoder, that live as long as it: nearly as fast as in this process, and a
    /// video can crash only such a process, which is replaced.
    /// </summary>
    Worker,
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
/// <param name="Kind">Any kind but <see cref="DecoderKind.Auto"/>.</param>
/// <param name="Why">A sentence that says what was chosen, and why.</param>
/// <param name="CreateDecoder">Creates a decoder for one worker.</param>
/// <param name="CreateProber">Creates a prober for one worker.</param>
public sealed record PairDecoders(DecoderKind Kind, string Why, Func<IPairDecoder> CreateDecoder, Func<IVideoProber> CreateProber)
{
    /// <summary>
    /// What decodes, with its versions: decoders of the same name, of the same program on machines of the same kind, return the same bytes.
    /// </summary>
    public required string Media { get; init; }

    /// <summary>Returns a factory of decoders that prefer the prepared files of videos to the videos themselves.</summary>
    /// <param name="files">The prepared files.</param>
    public Func<IPairDecoder> Preferring(PreparedFiles files) => () => new PreparedPairDecoder(CreateDecoder(), files);

    /// <summary>Chooses among what is installed.</summary>
    /// <param name="kind">What is asked for.</param>
    /// <param name="worker">How to start a worker; null: this process cannot.</param>
    /// <exception cref="DecoderUnavailableException">Nothing suitable is installed.</exception>
    public static PairDecoders Create(DecoderKind kind, DecodeWorkerProgram? worker = null)
    {
        var why = "asked for";
        if (kind != DecoderKind.Isolated)
        {
            if (FfmpegLibraries.TryLoad(out var libraries, out why))
            {
                if (kind == DecoderKind.InProcess) return InProcess(libraries!, "");
                var lack = worker is null ? "this program cannot start itself." : SharedFrames.WhyNone;
                if (lack is null) return Workers(libraries!, worker!);
                if (kind == DecoderKind.Auto) return InProcess(libraries!, $" (in no worker processes: {lack.TrimEnd('.')})");
                throw new DecoderUnavailableException(
                    $"Videos cannot be decoded in worker processes: {lack} Set {SettingNames.Decoder} to auto, in-process or isolated.");
            }

            if (kind != DecoderKind.Auto)
            {
                var where = kind == DecoderKind.InProcess ? "this process" : "worker processes";
                throw new DecoderUnavailableException(
                    $"Videos cannot be decoded in {where}: {why} Install ffmpeg (Debian, Ubuntu: apt-get install ffmpeg), "
                    + $"or set {SettingNames.Decoder} to auto or isolated.");
            }
        }

        if (!FfmpegProgram.TryFind(out var program, out var whyNot))
            throw new DecoderUnavailableException(kind == DecoderKind.Isolated ? whyNot : $"Videos cannot be decoded. {why} {whyNot}");
        return new PairDecoders(
            DecoderKind.Isolated,
            $"Videos are decoded by {program}, a process a pair ({why.TrimEnd('.')}).",
            () => new IsolatedPairDecoder(program!),
            () => new IsolatedProber(program!))
        {
            Media = $"the ffmpeg program {program!.VersionText}",
        };
    }

    private static PairDecoders InProcess(FfmpegLibraries libraries, string why) => new(
        DecoderKind.InProcess,
        $"Videos are decoded in this process by {libraries}{why}.",
        () => new InProcessPairDecoder(libraries),
        () => new InProcessProber(libraries))
    {
        Media = libraries.ToString(),
    };

    private static PairDecoders Workers(FfmpegLibraries libraries, DecodeWorkerProgram worker) => new(
        DecoderKind.Worker,
        $"Videos are decoded in worker processes by {libraries}.",
        () => new WorkerPairDecoder(worker),
        () => new WorkerProber(worker))
    {
        Media = libraries.ToString(),
    };
}
