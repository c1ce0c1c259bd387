using System.Text.Json.Nodes;
using CACL.Node.Display;

namespace CACL.Node.Tests.Display;

public sealed class StatusTextTests
{
    [Fact]
    public void A_run_that_ended_is_told_with_its_place_and_its_evaluations()
    {
        var status = JsonNode.Parse(
            """
            {"state":"ended","step":2,"total_steps":2,"epoch":1,"verdict":"All steps are done.","checkpoint":{"step":2,"path":"checkpoints/step-00000002"},"checkpoint_fault":"The link latest is missing.","last":{"step":2,"epoch":1,"loss":1.5},
             "evaluations":[{"step":2,"dataset":"b","protocol":"linear","variant":"quick","miou":0.3,"miou_interval":[0.284,0.317]},
                            {"step":2,"dataset":"c","protocol":"linear","variant":"quick","miou":0.4}]}
            """)!.AsObject();
        using var text = new StringWriter();
        StatusText.Write(status, "runs/first", text);
        Assert.Contains("step        2 of 2, epoch 1.00", text.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"checkpoint  step 2, .*\n +The link latest is missing\.\n", text.ToString());
        Assert.Contains("evaluation  b (linear, quick), step 2: mIoU 30.0 % (28.4 to 31.7)\n", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("evaluation  c (linear, quick), step 2: mIoU 40.0 %\n", text.ToString(), StringComparison.Ordinal);
    }
}
