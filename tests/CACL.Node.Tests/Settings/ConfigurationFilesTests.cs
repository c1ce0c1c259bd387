using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Settings;

public sealed class ConfigurationFilesTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_any_file_the_settings_are_the_methods_defaults()
    {
        var settings = Load().Settings;
        Assert.Equal(new CaclOptions(), settings.ToCaclOptions());
        Assert.Equal(new CACL.Data.Sampling.SamplingOptions(), settings.ToSamplingOptions());
        Assert.Equal(32, settings.Training.BatchSize);
        Assert.Equal(200, settings.Training.Epochs);
        Assert.Equal(1.0, settings.Training.LearningRate);
    }

    [Fact]
    public void Every_known_key_is_read_and_nothing_else()
    {
        Assert.Equal(KnownKeys.All.Order(StringComparer.Ordinal), Load().Keys.Select(k => k.Key));
    }

    [Fact]
    public void Overrides_beat_the_environment_which_beats_files_which_beat_defaults()
    {
        var environment = new Dictionary<string, string> { ["CACL_SEED"] = "2", ["CACL_DATA_CROP_SIZE"] = "64" };
        var file = Write("a.conf", "cacl { seed = 1, data.crop-size = 96, data.stride = 4, training.epochs = 7 }");
        var later = Write("b.conf", "cacl.data.stride = 2");
        var configuration = ConfigurationFiles.Load([file, later], ["cacl.seed=3"], environment);
        Assert.Equal(3UL, configuration.Settings.Seed);
        Assert.Equal(64, configuration.Settings.Data.CropSize);
        Assert.Equal(2, configuration.Settings.Data.Stride);
        Assert.Equal(7, configuration.Settings.Training.Epochs);
        Assert.Equal("--set cacl.seed=3", Origin(configuration, "cacl.seed"));
        Assert.Equal("environment variable CACL_DATA_CROP_SIZE", Origin(configuration, "cacl.data.crop-size"));
        Assert.Equal($"{later}:1", Origin(configuration, "cacl.data.stride"));
        Assert.StartsWith("reference.conf:", Origin(configuration, "cacl.model.momentum"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_keys_share_an_environment_variable() =>
        Assert.Equal(KnownKeys.All.Count, KnownKeys.All.Select(EnvironmentOverrides.Variable).Distinct().Count());

    [Theory]
    [InlineData("CACL_DATA_CROPSIZE")]
    [InlineData("CACL__DATA__CROP_SIZE")]
    [InlineData("cacl_data_crop_size")]
    public void A_variable_that_looks_like_a_setting_but_is_none_is_refused(string name)
    {
        var fault = Assert.Throws<ConfigurationException>(() => ConfigurationFiles.Load([], [], new Dictionary<string, string> { [name] = "64" }));
        Assert.Contains($"{name} is named like a setting", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean CACL_DATA_CROP_SIZE?", fault.Message, StringComparison.Ordinal);
        _ = ConfigurationFiles.Load([], [], new Dictionary<string, string> { ["CACL_HOME"] = "x", ["PATH"] = "y" });
    }

    [Theory]
    [InlineData("cacl.data.crop-siz=64", "Did you mean cacl.data.crop-size?")]
    [InlineData("cacl.model.crop-size=64", "Did you mean cacl.data.crop-size?")]
    [InlineData("cacl.trainning.epochs=2", "Did you mean cacl.training?")]
    [InlineData("cacl.training.bacth-size=2", "Did you mean cacl.training.batch-size?")]
    [InlineData("cacl.completely.different.thing=2", "hocon/README.md")]
    [InlineData("training.epochs=2", "Did you mean cacl.training?")]
    [InlineData("seed=2", "Did you mean cacl.seed?")]
    [InlineData("foo=2", "Settings are under cacl")]
    [InlineData("akka=2", "section")]
    [InlineData("cacl=2", "section")]
    [InlineData("cacl.data=2", "is a section, not a single value")]
    [InlineData("cacl.seed={a=1}", "single value")]
    [InlineData("cacl.seed=-1", "from 0 to 18446744073709551615")]
    [InlineData("cacl.seed=null", "has no value")]
    [InlineData("cacl.training.batch-size=many", "is 'many'; allowed is a whole number from 1 to 65536")]
    [InlineData("cacl.training.batch-size=1.5", "is '1.5'; allowed is a whole number")]
    [InlineData("cacl.training.batch-size=99999999999999999999", "whole number")]
    [InlineData("cacl.training.batch-size=[1]", "is a list")]
    [InlineData("cacl.training.learning-rate=0", "above 0")]
    [InlineData("cacl.training.learning-rate=NaN", "above 0")]
    [InlineData("cacl.training.learning-rate=1e999", "above 0")]
    [InlineData("cacl.training.learning-rate=\"\"", "is empty")]
    [InlineData("cacl.training.device=cuda:x", "auto, cpu, cuda or cuda:N")]
    [InlineData("cacl.training.on-nan=hault", "did you mean halt?")]
    [InlineData("cacl.training.watchdog=30", "with its unit")]
    [InlineData("cacl.data.in-flight-memory=3 apples", "such as 256 MiB")]
    [InlineData("cacl.model.pixel-shuffle=perhaps", "true or false")]
    [InlineData("cacl.model.soft-cycle=perhaps", "auto, true or false")]
    [InlineData("cacl.model.heads=[global, pixle]", "did you mean pixel?")]
    [InlineData("cacl.model.heads=[]", "at least one of")]
    [InlineData("cacl.data.crop-area=[0.2]", "a list of 2 numbers")]
    [InlineData("cacl.data.crop-area=[0.9, 0.2]", "the smaller one first")]
    [InlineData("cacl.data.crop-size=100", "must be a multiple of 8")]
    [InlineData("cacl.data.videos=[[a]]", "inside its list")]
    [InlineData("cacl.training.batch-size=30", "cacl.model.bn-splits = 4 does not divide")]
    [InlineData("cacl.model.bn-splits=64", "does not divide")]
    [InlineData("cacl.training.batch-size=1", "too few pairs for the method simclr; take 2 or more", "cacl.method=simclr")]
    [InlineData("cacl.training.batch-size=2", "the method byol; take 4 or more", "cacl.method=byol", "cacl.model.bn-splits=2")]
    [InlineData("cacl.model.enqueue-pixels=785", "has 784 positions")]
    [InlineData("cacl.model.queue-size=511", "fewer than the 512 rows (32 frames x 16 pixels)")]
    [InlineData("cacl.model.queue-sizes.cycle=511", "fewer than the 512 rows (32 frames x 16 pixels)")]
    [InlineData("cacl.model.queue-sizes.global=31", "fewer than the 32 rows (32 frames)")]
    [InlineData("cacl.model.cycle-target=soft-elf", "did you mean soft-self?")]
    [InlineData("cacl.model.cycle-target=soft", "is made by the global head", "cacl.model.heads=[pixel, cycle]")]
    [InlineData("cacl.model.cycle-target=soft-self", "is made by the global head", "cacl.model.heads=[cycle]")]
    [InlineData("cacl.model.cycle-target=hard", "contradicts cacl.model.soft-cycle = true", "cacl.model.soft-cycle=true")]
    [InlineData("cacl.model.cycle-target=features", "contradicts cacl.model.soft-cycle = false", "cacl.model.soft-cycle=false")]
    [InlineData("cacl.model.cycle-begin=5 hours", "10 epochs")]
    [InlineData("cacl.model.cycle-growth=0.5", "10 epochs")]
    [InlineData("cacl.model.padding=reflect", "take a crop-size of 40 or more", "cacl.data.crop-size=32")]
    [InlineData("cacl.training.warmup-epochs=200", "not fewer than")]
    [InlineData("cacl.supervision.decoder.max-backoff=20ms", "is shorter than")]
    public void A_wrong_setting_is_told_with_its_origin_and_what_is_allowed(string set, string expected, params string[] beside)
    {
        var fault = Assert.Throws<SettingsException>(() => Load([set, .. beside]));
        var problem = Assert.Single(fault.Problems);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        // A broken rule may be reported at another key than the one that was set; the message then names both. What was set stays unsaid
        // where a secret may be in it.
        var key = set.Split('=')[0];
        Assert.True(
            problem.ToString().Contains(SecretSettings.IsSecret(key) ? $"--set {key}:" : set, StringComparison.Ordinal)
                || problem.Message.Contains(key, StringComparison.Ordinal),
            problem.ToString());
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var file = Write("a.conf", "cacl {\n  seed = x\n  data.stried = 1\n  training.epochs = 0\n}");
        var fault = Assert.Throws<SettingsException>(() => ConfigurationFiles.Load([file], [], NoEnvironment));
        Assert.Equal(3, fault.Problems.Count);
        Assert.StartsWith("3 settings are wrong:", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{file}:2: cacl.seed is 'x'", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{file}:3: cacl.data.stried is not a known key", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{file}:4: cacl.training.epochs is '0'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Soft_cycle_needs_the_global_head()
    {
        Assert.Contains(
            "is true, but the global head", Fault("cacl.model.soft-cycle=true", "cacl.model.heads=[pixel, cycle]"),
            StringComparison.Ordinal);
        Assert.False(Load("cacl.model.heads=[pixel, cycle]").Settings.ToCaclOptions().UsesSoftCycle);
    }

    [Fact]
    public void The_cycles_settings_arrive_at_the_method()
    {
        var options = Load(
            "cacl.model.queue-size=1024", "cacl.model.queue-sizes.global=32", "cacl.model.queue-sizes.cycle=4096",
            "cacl.model.cycle-target=features-self", "cacl.model.cycle-target-temperature=0.02", "cacl.model.cycle-gradient=both-frames",
            "cacl.model.cycle-begin=10 epochs", "cacl.model.cycle-growth=400").Settings.ToCaclOptions();
        Assert.Equal(
            new CaclOptions
            {
                QueueSize = 1024,
                GlobalQueueSize = 32,
                CycleQueueSize = 4096,
                CycleTarget = CycleTarget.FeaturesSelf,
                CycleTargetTemperature = 0.02,
                CycleGradient = CycleGradient.BothFrames,
                CycleRamp = new(RunSpan.Epochs(10), RunSpan.Steps(400)),
            },
            options);
        Assert.Equal([32, 1024, 4096], options.Queues.Select(queue => queue.Size));
    }

    [Theory]
    [InlineData("auto", "auto", CycleTarget.Soft)]
    [InlineData("auto", "false", CycleTarget.Hard)]
    [InlineData("soft-self", "true", CycleTarget.SoftSelf)]
    [InlineData("hard", "false", CycleTarget.Hard)]
    [InlineData("hard", "auto", CycleTarget.Hard)]
    public void The_older_key_of_the_soft_cycle_still_counts(string target, string softCycle, CycleTarget expected) =>
        Assert.Equal(
            expected, Load($"cacl.model.cycle-target={target}", $"cacl.model.soft-cycle={softCycle}").Settings.ToCaclOptions().Target);

    [Fact]
    public void The_global_head_alone_needs_room_for_one_row_a_frame_only() =>
        Assert.Equal(32, Load("cacl.model.heads=global", "cacl.model.queue-size=32").Settings.Model.QueueSize);

    [Theory]
    [InlineData("cacl.model.heads=global,pixel", Heads.Global | Heads.Pixel)]
    [InlineData("cacl.model.heads=[cycle, global]", Heads.Global | Heads.Cycle)]
    [InlineData("cacl.model.heads=pixel", Heads.Pixel)]
    public void Heads_are_a_list_or_words_with_commas(string set, Heads expected) => Assert.Equal(expected, Load(set).Settings.Model.Heads);

    [Fact]
    public void Values_may_be_written_in_several_ways()
    {
        var settings = Load(
            "cacl.training.batch-size=\"1.6e1\"", "cacl.training.watchdog=5 minutes", "cacl.data.in-flight-memory=1.5 GiB",
            "cacl.model.pixel-shuffle=off", "cacl.data.videos=some/clips").Settings;
        Assert.Equal(16, settings.Training.BatchSize);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.Training.Watchdog);
        Assert.Equal(3L << 29, settings.Data.InFlightMemory);
        Assert.False(settings.Model.SpatialRoll);
        Assert.Equal(Path.GetFullPath("some/clips"), Assert.Single(settings.Data.Videos));
    }

    [Fact]
    public void A_run_is_told_every_setting_that_concerns_it()
    {
        var options = Load("cacl.checkpoints.every-steps=7", "cacl.training.on-nan=skip", "cacl.supervision.decoder.max-restarts=9",
            "cacl.data.max-bad-share=0.5", "cacl.data.decoders=3")
            .Settings.ToRunOptions("/run", "cpu", new Dictionary<string, string>());
        Assert.Equal(
            (7, CACL.Actors.Contracts.OnNotFinite.Skip, 9, 0.5, 3),
            (options.CheckpointEverySteps, options.OnNotFinite, options.MaxDecoderRestarts, options.MaxBadShare, options.Decoders));
    }

    private static ResolvedConfiguration Load(params string[] sets) => ConfigurationFiles.Load([], sets, NoEnvironment);

    private static string Fault(params string[] sets) => Assert.Throws<SettingsException>(() => Load(sets)).Message;

    private static string Origin(ResolvedConfiguration configuration, string key) =>
        configuration.Keys.Single(k => k.Key == key).Origin.ToString();

    private string Write(string name, string text)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, text);
        return path;
    }
}
