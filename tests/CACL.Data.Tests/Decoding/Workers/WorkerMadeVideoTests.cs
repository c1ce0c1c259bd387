using CACL.Data.Decoding.Selection;

namespace CACL.Data.Tests.Decoding.Workers;

public sealed class WorkerMadeVideoTests : MadeVideoContract
{
    protected override DecoderKind Kind => DecoderKind.Worker;

    protected override int Pairs => int.MaxValue;
}
