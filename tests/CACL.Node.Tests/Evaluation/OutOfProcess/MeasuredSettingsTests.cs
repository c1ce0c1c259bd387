using CACL.Configuration.Keys;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Settings;

namespace CACL.Node.Tests.Evaluation.OutOfProcess;

/// <summary>Which settings a worker takes from the training, and which are its own.</summary>
public sealed class MeasuredSettingsTests
{
    [Fact]
    public void They_make_a_worker_measure_what_the_training_would_and_leave_it_its_machine()
    {
        var training = ConfigurationFiles.Load(
            [],
            [
                "cacl.evaluation.seed=7", "cacl.evaluation.precision=fp32", "cacl.evaluation.limited.scale=[0.75, 1.5]",
                "cacl.evaluation.quick.epochs=3", "cacl.evaluation.features.precision=float16", "cacl.evaluation.device=cuda:3",
                "cacl.evaluation.features.folder=/training", "cacl.evaluation.datasets=folder:/data/camvid", "cacl.evaluation.threads=0",
            ],
            new Dictionary<string, string>());
        var sent = MeasuredSettings.Of(training, threads: 5);
        var worker = ConfigurationFiles.Load(
            [], ["cacl.evaluation.device=cpu", "cacl.evaluation.features.folder=/worker", "cacl.evaluation.threads=2", .. sent],
            new Dictionary<string, string>()).Settings;
        var measured = training.Settings.Evaluation;
        Assert.Equal(
            measured with
            {
                Device = "cpu",
                Threads = 5,
                Features = measured.Features with { Folder = "/worker" },
            },
            worker.Evaluation);
        Assert.Empty(worker.TrainingEvaluation.DataSets);
    }

    [Fact]
    public void No_other_setting_is_among_them()
    {
        var keys = KnownKeys.All.Where(MeasuredSettings.Include).ToList();
        Assert.Equal(
            ["cacl.training.allow-slow-bf16"], keys.Where(key => !key.StartsWith("cacl.evaluation.", StringComparison.Ordinal)));
        Assert.Equal(
            [
                "cacl.evaluation.at-end", "cacl.evaluation.attempts", "cacl.evaluation.datasets", "cacl.evaluation.deadline",
                "cacl.evaluation.device", "cacl.evaluation.every-epochs", "cacl.evaluation.every-steps",
                "cacl.evaluation.features.disk", "cacl.evaluation.features.folder", "cacl.evaluation.features.memory",
                "cacl.evaluation.features.place", "cacl.evaluation.protocol", "cacl.evaluation.retry.max-backoff",
                "cacl.evaluation.retry.min-backoff",
                "cacl.evaluation.test-split", "cacl.evaluation.train-split", "cacl.evaluation.variant", "cacl.evaluation.when",
            ],
            KnownKeys.All.Where(key => key.StartsWith("cacl.evaluation.", StringComparison.Ordinal)).Except(keys)
                .Order(StringComparer.Ordinal));
        Assert.False(MeasuredSettings.Include("cacl.evaluation.no-such-key"));
    }
}
