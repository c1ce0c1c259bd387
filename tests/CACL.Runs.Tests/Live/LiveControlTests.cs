using CACL.Learning.Methods.Cacl;
using CACL.Runs.Live;
using CACL.Testing;
using CsCheck;

namespace CACL.Runs.Tests.Live;

/// <summary>Checks that settings depend on the step, and that the journal restores them.</summary>
public sealed class LiveControlTests : IDisposable
{
    private const long Steps = 40;

    private static readonly LiveSettings Configured = new()
    {
        LossWeights = CaclOptions.Weights(1, 1, 1),
        CheckpointEverySteps = 10,
        Decoders = 2,
    };

    private readonly TemporaryFolder _folder = new();

    private string Journal => _folder.File("control.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_change_acts_from_the_step_that_has_not_begun_and_is_in_the_file_by_then()
    {
        var live = Open();
        live.Begin(0);
        live.Begin(1);
        var answer = Change(live, "learning_rate_factor", "0.5");
        Assert.Equal(3, Assert.Single(answer.Changes).Step);
        Assert.Contains(
            "\"step\":3,\"setting\":\"learning_rate_factor\",\"value\":0.5,\"by\":\"a test\"", File.ReadAllText(Journal),
            StringComparison.Ordinal);
        Assert.Equal(0.5, live.Begin(2).LearningRateFactor);
    }

    [Fact]
    public void Whatever_is_changed_when_every_step_is_computed_with_what_the_journal_says_of_it() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 6], Gen.Int[0, 3]).Array[1, 30].Sample(moves =>
        {
            using var folder = new TemporaryFolder();
            var used = new Dictionary<long, LiveSettings>();
            var live = Open(folder, 0);
            long step = 0;
            foreach (var (kind, much, setting) in moves)
            {
                if (kind <= 2)
                {
                    for (var i = 0; i < much && step < Steps; i++) used[step] = live.Begin(step++);
                }
                else if (kind <= 4 && step < Steps)
                {
                    Change(live, LiveSetting.Of(Configured.LossWeights)[setting].Name, $"{much / 2.0:R}");
                }
                else
                {
                    // The run is killed and resumed from an earlier checkpoint.
                    step = Math.Max(0, step - much);
                    live = Open(folder, step);
                }
            }

            // A run that starts anew with this journal uses the same settings in every step that the last process reached.
            var again = Open(folder, 0);
            for (long i = 0; i < step; i++) Assert.Equal(used[i], again.Begin(i));
        }, iter: 60);

    [Fact]
    public void A_run_that_goes_back_behind_a_change_meets_it_at_the_same_step_again()
    {
        var live = Open();
        for (var i = 0; i < 6; i++) live.Begin(i);
        Change(live, "loss_weights.pixel", "3");
        live = Open(_folder, 4);
        Assert.Equal((1, 7), (live.Current.LossWeights["pixel"], Assert.Single(live.Ahead).Step));
        Assert.Equal(1, live.Begin(5).LossWeights["pixel"]);
        Assert.Equal(3, live.Begin(6).LossWeights["pixel"]);
        Assert.Empty(live.Ahead);
    }

    [Fact]
    public void The_newest_word_takes_the_place_of_what_was_said_for_later_steps()
    {
        var live = Open();
        for (var i = 0; i < 6; i++) live.Begin(i);
        Change(live, "learning_rate_factor", "3");
        Change(live, "loss_weights.pixel", "3");
        live = Open(_folder, 2);
        // This is the present value: it is recorded all the same, since the journal changes it later on.
        Assert.Single(Change(live, "learning_rate_factor", "1").Changes);
        Assert.Equal("loss_weights.pixel", Assert.Single(live.Ahead).Setting);
        Assert.Equal(1, Open(_folder, 10).Current.LearningRateFactor);
    }

    [Fact]
    public void What_changes_no_number_counts_from_its_last_line_on_wherever_the_run_goes_on()
    {
        var live = Open();
        for (var i = 0; i < 6; i++) live.Begin(i);
        Change(live, "decoders", "5");
        Change(live, "log_level", "debug");
        live = Open(_folder, 1);
        Assert.Equal((5, "debug"), (live.Current.Decoders, live.Current.LogLevel));
        Assert.Empty(live.Ahead);
    }

    [Fact]
    public void What_is_so_already_is_not_written()
    {
        var live = Open();
        Assert.Empty(Change(live, "decoders", "2").Changes);
        Assert.False(File.Exists(Journal));
    }

    [Theory]
    [InlineData("learning_rate_factor", "-1", "from 0 to 1000")]
    [InlineData("learning_rate_factor", "NaN", "from 0 to 1000")]
    [InlineData("decoders", "1025", "from 0 to 1024")]
    [InlineData("decoders", "1.5", "from 0 to 1024")]
    [InlineData("log_level", "loud", "verbose, debug")]
    [InlineData("seed", "3", "there are learning_rate_factor, loss_weights.global")]
    public void What_makes_no_sense_is_refused_with_all_that_came_with_it(string setting, string value, string words)
    {
        var live = Open();
        var answer = live.Change([new SettingChange("decoders", "3"), new SettingChange(setting, value)], "a test", _ => null);
        Assert.Contains(words, answer.Refusal, StringComparison.Ordinal);
        Assert.Equal(2, live.Current.Decoders);
        Assert.False(File.Exists(Journal));
    }

    [Fact]
    public void A_last_line_that_was_cut_off_never_acted_and_is_cut_off()
    {
        Change(Open(), "learning_rate_factor", "0.5");
        File.AppendAllText(Journal, "{\"time\":\"2026-01-01T00:00:00Z\",\"step\":1,\"setting\":\"learning_ra");
        var live = Open();
        Assert.Equal(0.5, live.Current.LearningRateFactor);
        Change(live, "decoders", "3");
        Assert.Equal(2, File.ReadAllLines(Journal).Length);
        Assert.Equal((0.5, 3), (Open().Current.LearningRateFactor, Open().Current.Decoders));
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("{\"time\":\"2026-01-01T00:00:00Z\",\"step\":1,\"setting\":\"gravity\",\"value\":1,\"by\":\"x\"}")]
    [InlineData("{\"time\":\"2026-01-01T00:00:00Z\",\"step\":1,\"setting\":\"decoders\",\"value\":\"many\",\"by\":\"x\"}")]
    public void A_whole_line_that_makes_no_sense_is_told(string line)
    {
        Change(Open(), "learning_rate_factor", "0.5");
        File.AppendAllText(Journal, line + "\n");
        Assert.Contains("control.jsonl", Assert.Throws<ControlJournalException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_cannot_be_written_changes_nothing()
    {
        var live = Open();
        Directory.CreateDirectory(Journal);
        Assert.ThrowsAny<Exception>(() => Change(live, "learning_rate_factor", "0.5"));
        Assert.Equal(1, live.Begin(0).LearningRateFactor);
    }

    [Fact]
    public void When_the_last_step_has_begun_no_number_can_be_changed_any_more()
    {
        var live = Open(_folder, Steps - 1);
        live.Begin(Steps - 1);
        Assert.Contains("The last step has begun", Change(live, "learning_rate_factor", "0.5").Refusal, StringComparison.Ordinal);
        Assert.Null(Change(live, "log_level", "debug").Refusal);
    }

    private LiveControl Open() => Open(_folder, 0);

    private static LiveControl Open(TemporaryFolder folder, long done) =>
        new(Configured, new ControlJournal(folder.Path, Configured.LossWeights), done, Steps, TimeProvider.System);

    private static SettingsAnswer Change(LiveControl live, string setting, string value) =>
        live.Change([new SettingChange(setting, value)], "a test", _ => null);
}
