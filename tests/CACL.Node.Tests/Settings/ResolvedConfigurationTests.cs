using Akka.Configuration;
using CACL.Configuration.Keys;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Settings;

public sealed class ResolvedConfigurationTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public void What_is_rendered_reads_back_as_the_same_settings()
    {
        using var folder = new TemporaryFolder();
        var first = Load(
            "cacl.data.videos=[\"/a b/c#d\", \"/x\\\"y\"]",
            "cacl.data.crop-size=64",
            "cacl.training.lars.weight-decay=1e-7",
            "cacl.training.watchdog=90s",
            "cacl.model.soft-cycle=false",
            "cacl.run.directory=/runs/one\ntwo",
            "akka.actor.default-dispatcher.throughput=5",
            "akka.cluster.roles=[a, b]");
        File.WriteAllText(folder.File("config.resolved.conf"), first.Render());
        var second = ConfigurationFiles.Load([folder.File("config.resolved.conf")], [], NoEnvironment);
        Assert.Equal(first.Keys.Select(k => (k.Key, k.Text)), second.Keys.Select(k => (k.Key, k.Text)));
        Assert.Equal(first.AkkaText("logger"), second.AkkaText("logger"));
        Assert.Equal(first.Settings.ToCaclOptions(), second.Settings.ToCaclOptions());
        Assert.Equal(first.Settings.Data.Videos, second.Settings.Data.Videos);
    }

    [Fact]
    public void Rendered_keys_are_sorted_and_say_where_they_came_from()
    {
        var lines = Load("cacl.seed=5").Render().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("cacl.seed = 5  # --set cacl.seed=5", lines);
        var keys = lines.Where(l => l.StartsWith("cacl.", StringComparison.Ordinal)).Select(l => l.Split(' ')[0]).ToList();
        Assert.Equal(KnownKeys.All.Order(StringComparer.Ordinal), keys);
    }

    [Fact]
    public void The_fingerprint_holds_what_changes_the_numbers_and_nothing_else()
    {
        var fingerprint = Load().Fingerprint;
        Assert.Equal(
            [
                "cacl.data.crop-area", "cacl.data.crop-size", "cacl.data.flip-probability", "cacl.data.photometry", "cacl.data.stride",
                "cacl.model.backbone", "cacl.model.bn-splits", "cacl.model.enqueue-pixels", "cacl.model.heads",
                "cacl.model.loss-weights.cycle", "cacl.model.loss-weights.global", "cacl.model.loss-weights.pixel",
                "cacl.model.momentum", "cacl.model.padding", "cacl.model.pixel-shuffle", "cacl.model.pooling", "cacl.model.positives",
                "cacl.model.queue-size", "cacl.model.soft-cycle", "cacl.model.temperature",
                "cacl.seed",
                "cacl.training.batch-size", "cacl.training.epochs", "cacl.training.lars.adapt-vectors", "cacl.training.lars.momentum",
                "cacl.training.lars.trust", "cacl.training.lars.weight-decay", "cacl.training.learning-rate", "cacl.training.max-steps",
                "cacl.training.scale-learning-rate", "cacl.training.warmup-epochs",
            ],
            fingerprint.Keys);
    }

    [Fact]
    public void A_key_that_is_newer_than_old_checkpoints_counts_where_it_is_not_at_its_default()
    {
        Assert.Equal(
            ["cacl.model.cycle-begin: not set then, \"10 epochs\" now", "cacl.model.queue-sizes.cycle: not set then, 2048 now"],
            ResolvedConfiguration.Difference(
                Load().Fingerprint, Load("cacl.model.cycle-begin=10 epochs", "cacl.model.queue-sizes.cycle=2048").Fingerprint));
    }

    [Fact]
    public void A_difference_names_the_key_and_both_values()
    {
        var then = Load("cacl.seed=1", "cacl.training.learning-rate=0.5").Fingerprint;
        var now = Load("cacl.seed=2", "cacl.training.learning-rate=5e-1", "cacl.training.threads=3").Fingerprint;
        Assert.Equal(["cacl.seed: 1 then, 2 now"], ResolvedConfiguration.Difference(then, now));
        Assert.Empty(ResolvedConfiguration.Difference(then, then));
    }

    [Fact]
    public void Akka_reads_its_section_as_it_was_meant()
    {
        var akka = ConfigurationFactory.ParseString(Load(
            "akka.actor.default-dispatcher.throughput=7",
            "akka.test.path=/a//b#c",
            "akka.test.list=[\"x y\", 2]",
            "akka.test.time=5 s",
            "cacl.logging.level=debug").AkkaText("logger"));
        Assert.Equal(7, akka.GetInt("akka.actor.default-dispatcher.throughput"));
        Assert.Equal("/a//b#c", akka.GetString("akka.test.path"));
        Assert.Equal(["x y", "2"], akka.GetStringList("akka.test.list"));
        Assert.Equal(TimeSpan.FromSeconds(5), akka.GetTimeSpan("akka.test.time"));
        Assert.Equal("DEBUG", akka.GetString("akka.loglevel"));
        Assert.Equal("logger", Assert.Single(akka.GetStringList("akka.loggers")));
    }

    private static ResolvedConfiguration Load(params string[] sets) => ConfigurationFiles.Load([], sets, NoEnvironment);
}
