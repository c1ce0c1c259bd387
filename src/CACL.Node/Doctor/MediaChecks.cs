using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Decoding.Selection;
using CACL.Node.Programs;

namespace CACL.Node.Doctor;

/// <summary>Checks what decodes videos: ffmpeg's libraries and its program.</summary>
internal static class MediaChecks
{
    private const string Install = "Install both with: sudo apt-get install ffmpeg";

    /// <summary>Checks the ffmpeg program, which the libraries do not need.</summary>
    public static Finding Program() => FfmpegProgram.TryFind(out var program, out var whyNot)
        ? Finding.Fine($"{program!.VersionText}, {program.FfmpegPath}")
        : new Finding(Severity.Remark, whyNot);

    /// <summary>Checks ffmpeg's libraries. The program works without them, slowly.</summary>
    public static Finding Libraries() => FfmpegLibraries.TryLoad(out var libraries, out var whyNot)
        ? Finding.Fine(libraries!.ToString())
        : new Finding(Severity.Remark, whyNot, Install);

    /// <summary>Checks the decoder that a run would choose.</summary>
    public static Finding Decoder(DecoderKind asked)
    {
        try
        {
            var chosen = ProgramDecoders.Create(asked).Kind;
            var name = chosen switch
            {
                DecoderKind.Worker => "worker, by the libraries in processes of their own",
                DecoderKind.InProcess => "in-process, by the libraries",
                _ => "isolated, an ffmpeg process for each pair",
            };
            return Finding.Fine(asked == DecoderKind.Auto ? $"auto takes {name}" : name);
        }
        catch (DecoderUnavailableException e)
        {
            return new Finding(Severity.Blocking, e.Message, Install);
        }
    }
}
