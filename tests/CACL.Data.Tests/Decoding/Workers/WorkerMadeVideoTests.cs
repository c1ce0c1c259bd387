using CACL.Data.Decoding;
using CACL.Data.Decoding.Selection;

namespace CACL.Data.Tests.Decoding.Workers;

public sealed class WorkerMadeVideoTests : MadeVideoContract
{
    // One for all videos, since a worker takes a moment to start; it ends with this process.
    private static readonly Lazy<IPairDecoder> One = new(() => InstalledDecoders.Of(DecoderKind.Worker).CreateDecoder());

    protected override DecoderKind Kind => DecoderKind.Worker;

    protected override int Pairs => int.MaxValue;

    protected override string[] With(Func<IPairDecoder, string[]> what) => what(One.Value);
}
