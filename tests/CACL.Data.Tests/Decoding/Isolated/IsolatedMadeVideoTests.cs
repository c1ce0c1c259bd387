using CACL.Data.Decoding.Selection;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>A process a pair takes its time: one pair of each video. tools/test --long: four.</summary>
public sealed class IsolatedMadeVideoTests : MadeVideoContract
{
    protected override DecoderKind Kind => DecoderKind.Isolated;

    protected override int Pairs => LongTests.Wanted ? 4 : 1;
}
