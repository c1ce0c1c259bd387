using CACL.Configuration.Keys;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Settings;

public sealed class PresetTests
{
    private static readonly string Folder = Path.Combine(Workspace.Root, "hocon");

    public static TheoryData<string> Presets =>
        [.. Directory.EnumerateFiles(Folder, "*.conf").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Every_preset_is_valid(string name) => _ = Load(name);

    [Fact]
    public void The_kinetics_presets_compute_what_the_paper_does()
    {
        Assert.Equal(new CaclOptions(), Load("kinetics-r18.conf").Settings.ToCaclOptions());
        Assert.Equal(new CaclOptions { Backbone = Backbone.ResNet50 }, Load("kinetics-r50.conf").Settings.ToCaclOptions());
        Assert.Equal(new CACL.Data.Sampling.SamplingOptions(), Load("kinetics-r50.conf").Settings.ToSamplingOptions());
    }

    public static TheoryData<string> Methods => [.. KnownMethods.All.Select(method => method.Word)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_method_brings_its_own_settings_whether_it_is_named_or_its_file_is(string word)
    {
        var method = KnownMethods.All.Single(m => m.Word == word);
        var named = ConfigurationFiles.Load([], [$"cacl.method={word}"], new Dictionary<string, string>());
        Assert.Equal(method.Defaults, named.Settings.ToMethod());
        Assert.Equal(word, method.Defaults.Describe().Word);
        if (method == KnownMethods.Cacl) return;
        var filed = Load(Path.Combine("methods", $"{word}.conf"));
        Assert.Equal(named.Keys.Select(k => (k.Key, k.Text)), filed.Keys.Select(k => (k.Key, k.Text)));
        Assert.Equal(named.Fingerprint, filed.Fingerprint);
        // What a user says is stronger than what the method brings.
        var own = ConfigurationFiles.Load([], [$"cacl.method={word}", "cacl.model.momentum=0.5"], new Dictionary<string, string>());
        Assert.Equal(0.5, own.Settings.Model.EmaWeight);
    }

    [Fact]
    public void The_demo_fills_its_queues_within_a_quarter_of_its_steps()
    {
        var settings = Load("demo.conf").Settings;
        Assert.True(settings.Model.QueueSize / settings.Training.BatchSize * 4 <= settings.Training.MaxSteps);
    }

    [Theory]
    [InlineData("demo.conf", 144)]
    [InlineData("docker-demo.conf", 144)]
    [InlineData("small.conf", 128)]
    public void A_preset_for_few_videos_has_no_queue_longer_than_they_are_many(string name, int videos)
    {
        var settings = Load(name).Settings;
        Assert.Empty(QueueAdvice.Warnings(settings.ToMethod().Describe().Queues, settings.Model.EnqueuePixels, videos));
        Assert.NotEmpty(QueueAdvice.Warnings(settings.ToMethod().Describe().Queues, settings.Model.EnqueuePixels, videos / 4));
    }

    [Fact]
    public void The_preset_for_small_data_departs_from_the_paper_where_it_says_why()
    {
        string[] departures = [.. Load("small.conf").DifferencesFrom(ConfigurationFiles.Defaults()).Select(setting => setting.Key)];
        Assert.Equal(
            [
                "cacl.checkpoints.every-steps", "cacl.data.crop-size", "cacl.evaluation.quick.test-images",
                "cacl.evaluation.quick.train-images", "cacl.model.heads", "cacl.model.momentum", "cacl.model.queue-sizes.cycle",
                "cacl.model.queue-sizes.global", "cacl.model.queue-sizes.pixel", "cacl.training.epochs", "cacl.training.learning-rate",
                "cacl.training.max-steps", "cacl.training.warmup-epochs",
            ],
            departures.Order(StringComparer.Ordinal));
        var lines = File.ReadAllLines(Path.Combine(Folder, "small.conf"));
        Each.Holds(departures, key => Assert.True(HasReason(lines, key), $"small.conf sets {key} without a comment above it."));
    }

    // A comment stands above the first line of a group of values.
    private static bool HasReason(string[] lines, string key)
    {
        var from = key.IndexOf("queue-sizes", StringComparison.Ordinal);
        var name = from < 0 ? key.Split('.')[^1] : key[from..];
        var at = Array.FindLastIndex(lines, line => line.TrimStart().StartsWith($"{name} =", StringComparison.Ordinal));
        while (at > 0 && lines[at - 1].Trim() is { Length: > 0 } above)
        {
            if (above.StartsWith('#')) return true;
            at--;
        }

        return false;
    }

    [Fact]
    public void The_page_of_all_keys_is_up_to_date() =>
        Assert.True(
            KeyPage.Render() == File.ReadAllText(Path.Combine(Folder, "README.md")),
            "hocon/README.md does not match reference.conf; run: tools/cacl config keys > hocon/README.md");

    [Fact]
    public void Every_key_has_a_comment_that_says_more_than_its_name()
    {
        var lines = ReferenceFile.Text.Split('\n');
        foreach (var (key, value) in KnownKeys.Defaults)
        {
            Assert.True(KeyPage.Comment(lines, value.Origin.Line).Length > 20, $"{key} has no comment in reference.conf.");
        }
    }

    [Fact]
    public void Every_preset_is_named_on_the_page() =>
        Each.Holds(Presets.Select(p => p.Data), name => Assert.Contains($"]({name})", KeyPage.Render(), StringComparison.Ordinal));

    private static ResolvedConfiguration Load(string name) =>
        ConfigurationFiles.Load([Path.Combine(Folder, name)], [], new Dictionary<string, string>());
}
