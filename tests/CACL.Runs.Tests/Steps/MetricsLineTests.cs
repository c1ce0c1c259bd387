using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Runs.Tests.Steps;

/// <summary>Checks names that other programs and folders of earlier releases use.</summary>
public sealed class MetricsLineTests
{
    [Fact]
    public void The_keys_of_CACL_and_their_order_are_those_of_every_release()
    {
        string[] keys =
        [
            "step", "epoch", "loss", "loss_global", "loss_pixel", "loss_cycle", "top1_global", "cycle_back", "lr", "pairs_per_s",
            "data_wait_share",
            "step_seconds", "wait_seconds", "transfer_seconds", "forward_seconds", "backward_seconds", "optimiser_seconds",
            "snapshot_seconds",
        ];
        Assert.Equal(keys, Keys(CaclResults.Of(1, 2, 3, 4, 0.5, 0.6)));
        Assert.Equal(
            keys.Where(key => key is not ("loss_pixel" or "loss_cycle" or "cycle_back")), Keys(CaclResults.Of(1, global: 1, top1: 0.5)));
    }

    [Fact]
    public void Another_methods_metrics_stand_where_CACLs_do()
    {
        Metric[] metrics = [new(new MetricSpec("loss_contrast", MetricKind.Loss, "projector", "contrast", "contrast"), 0.125)];
        var line = MetricsLine.Of(new StepMetrics(1, 0.1, new StepResult(0.125, metrics, 0.1), 1, 1, 4));
        Assert.Equal(["step", "epoch", "loss", "loss_contrast", "lr"], line.Select(figure => figure.Key).Take(5));
        Assert.Equal(0.125, (double?)line["loss_contrast"]);
        Assert.Equal(["epoch", "loss", "loss_contrast", "lr"], MetricsLine.Names([metrics[0].Spec]).Take(4));
    }

    [Fact]
    public void The_settings_that_can_be_changed_are_those_of_every_release_and_a_methods_own_losses()
    {
        Assert.Equal(
            [
                "learning_rate_factor", "loss_weights.global", "loss_weights.pixel", "loss_weights.cycle", "evaluate_every_steps",
                "checkpoint_every_steps",
                "decoders", "log_level",
            ],
            LiveSettingNames.Of(new CaclOptions().Describe().LossWeights));
        Assert.Equal("loss_weights.projector", LiveSettingNames.Of(new LossWeights(new LossWeight("projector", 1)))[1]);
    }

    private static IEnumerable<string> Keys(StepResult result) =>
        MetricsLine.Of(new StepMetrics(1, 0.1, result, 1, 1, 4)).Select(figure => figure.Key);
}
