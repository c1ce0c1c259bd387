using CACL.Fuzz.Tests.Running;
using CACL.Fuzz.Tests.Targets;

namespace CACL.Fuzz.Tests;

/// <summary>
/// Reads what others wrote with everything in the program that does: the inputs in Corpus, and others made of them. CACL_FUZZ_SECONDS=3600
/// does so for an hour, guided by the branches that an input takes (<see cref="GuidedFuzzing"/>).
/// </summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void What_was_found_once_is_refused_as_promised(string name)
    {
        using var target = FuzzTargets.Make(name);
        var fuzzer = new Fuzzer(target, Corpus.Of(name, target), seed: 1);
        fuzzer.Replay();
        Assert.Empty(fuzzer.Findings);
        Assert.NotEqual(0, fuzzer.Accepted);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Inputs_made_of_others_are_read_or_refused_as_promised(string name)
    {
        using var target = FuzzTargets.Make(name);
        var fuzzer = new Fuzzer(target, Corpus.Of(name, target), seed: 7);
        fuzzer.Run(f => f.Inputs < 250);
        Assert.Empty(fuzzer.Findings.Select(f => f.What));
    }
}
