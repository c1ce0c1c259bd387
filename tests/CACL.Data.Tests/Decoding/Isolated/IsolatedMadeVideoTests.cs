using CACL.Data.Decoding.Selection;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>Tests one pair of each video, since a process for each pair is slow; four with tools/test --long.</summary>
public sealed class IsolatedMadeVideoTests : MadeVideoContract
{
    protected override DecoderKind Kind => DecoderKind.Isolated;

    protected override int Pairs => LongTests.Wanted ? 4 : 1;
}
