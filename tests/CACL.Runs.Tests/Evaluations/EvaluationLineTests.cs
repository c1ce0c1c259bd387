using System.Text.Json.Nodes;
using CACL.Runs.Evaluations;

namespace CACL.Runs.Tests.Evaluations;

public sealed class EvaluationLineTests
{
    [Theory]
    [InlineData("""{"miou":0.312,"macc":0.44,"aacc":0.801,"seconds":83.2}""", "mIoU 31.2 %, mAcc 44.0 %, aAcc 80.1 %, 83 s")]
    [InlineData(
        """{"miou":0.312,"macc":null,"aacc":0.801,"intervals":{"miou":[0.2961,0.328],"macc":null,"aacc":[0.8,0.81],"iou":[[0,1]]}}""",
        "mIoU 31.2 % (29.6 to 32.8), mAcc undefined, aAcc 80.1 % (80.0 to 81.0)")]
    [InlineData("""{"miou":0.312,"macc":0.44,"aacc":0.801,"intervals":null}""", "mIoU 31.2 %, mAcc 44.0 %, aAcc 80.1 %")]
    public void Figures_are_told_with_their_intervals_where_there_are_any(string result, string words) =>
        Assert.Equal(words, EvaluationLine.Figures(JsonNode.Parse(result)!.AsObject()));
}
