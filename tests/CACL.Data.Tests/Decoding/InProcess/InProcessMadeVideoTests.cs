using CACL.Data.Decoding.Selection;

namespace CACL.Data.Tests.Decoding.InProcess;

public sealed class InProcessMadeVideoTests : MadeVideoContract
{
    protected override DecoderKind Kind => DecoderKind.InProcess;

    protected override int Pairs => int.MaxValue;
}
