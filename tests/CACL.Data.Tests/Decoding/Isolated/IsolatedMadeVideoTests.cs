using CACL.Data.Decoding.Selection;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>A process a pair takes its time: one pair of each video. tools/test --long: as many as in-process.</summary>
public sealed class IsolatedMadeVideoTests : MadeVideoContract
{
    protected override DecoderKind Kind => DecoderKind.Isolated;

    protected override int Pairs => LongTests.Wanted ? int.MaxValue : 1;
}
