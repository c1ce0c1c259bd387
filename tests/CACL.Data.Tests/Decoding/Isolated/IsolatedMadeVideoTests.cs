using CACL.Data.Decoding.Selection;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>
/// Tests one pair of every fourth video, since a process for each pair is slow; four of each with tools/test --long. The decoders that are
/// taken where libraries are found are tested with all in every test run.
/// </summary>
public sealed class IsolatedMadeVideoTests : MadeVideoContract
{
    protected override DecoderKind Kind => DecoderKind.Isolated;

    private static readonly HashSet<string> Few = [.. MadeVideos.Names.Where((_, i) => i % 4 == 0)];

    protected override int Pairs => LongTests.Wanted ? 4 : 1;

    protected override bool IsLong(string name) => !Few.Contains(name);
}
