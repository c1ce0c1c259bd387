using CACL.Data.Decoding.Selection;
using CACL.Data.Decoding.Workers;

namespace CACL.Node.Programs;

/// <summary>The decoders of this program, which can be its own decode worker.</summary>
internal static class ProgramDecoders
{
    /// <summary>Chooses among what is installed.</summary>
    /// <param name="kind">What is asked for.</param>
    /// <param name="replaced">Told, in a sentence, when a worker was lost and replaced; on any thread.</param>
    /// <exception cref="DecoderUnavailableException">Nothing suitable is installed.</exception>
    public static PairDecoders Create(DecoderKind kind, Action<string>? replaced = null)
    {
        var program = OwnProgram.Find();
        return PairDecoders.Create(kind, new DecodeWorkerProgram(program.FileName, [.. program.Arguments, DecodeWorkerProgram.Verb])
        {
            Replaced = replaced,
        });
    }
}
