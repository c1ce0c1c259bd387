using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Learning.Verification;
using CACL.Learning.Weights;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Ranks;

/// <summary>
/// Two ranks recompute what the reference computed of the whole batch, with the tolerances of one process. BYOL's file has one group of
/// batch statistics, which ranks cannot share.
/// </summary>
public sealed class RankGoldenTests
{
    [Theory]
    [InlineData("train_1")]
    [InlineData("trainmocov2_1")]
    [InlineData("traindensecl_1")]
    [InlineData("trainpixpro_1")]
    public void A_training_of_a_golden_file_is_recomputed_by_two_ranks(string name)
    {
        LongTests.Only("A training of each method; RankStepTests have a step of two ranks in every test run");
        var path = GoldenFiles.Path(name);
        var found = ThreadRanks.Do(2, rank =>
        {
            using var scope = NewDisposeScope();
            using var reader = SafeTensorsReader.Open(path);
            var golden = new GoldenFile(reader, CPU, Precision.Fp32);
            var check = new GoldenCheck(golden, name, GoldenFiles.CaseOf(name));
            TrainCase.Check(golden, check, new HostTensors(rank));
            return check.Lines;
        });
        Each.Holds(found, ofRank => Assert.InRange(ofRank.Count, 10, 1000));
        Each.Holds(found.SelectMany(ofRank => ofRank), line => Assert.True(line.Passed, $"{line}"));
    }
}
