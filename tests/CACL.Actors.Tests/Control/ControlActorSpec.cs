using Akka.Actor;
using Akka.TestKit;
using CACL.Actors.Contracts;
using CACL.Actors.Control;
using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods;
using CACL.Runs.Live;
using CACL.Testing;

namespace CACL.Actors.Tests.Control;

/// <summary>The actor that changes settings, by itself, with a real journal in a real folder.</summary>
public sealed class ControlActorSpec : ActorSpec
{
    private static readonly LiveSettings Configured = new()
    {
        LossWeights = new LossWeights([new LossWeight("global", 1)]),
        Decoders = 2,
        CheckpointEverySteps = 100,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly TestProbe _asker;
    private readonly LiveControl _live;

    public ControlActorSpec()
    {
        _asker = CreateTestProbe("asker");
        _live = Read();
    }

    [Fact]
    public void A_change_is_in_the_journal_before_anybody_hears_of_it()
    {
        var control = Start();
        Ask(control, ("learning_rate_factor", "0.5"), ("decoders", "4"));
        var now = Parent.Hears<ControlProtocol.Changed>().Now;
        var journal = File.ReadAllLines(_folder.File("control.jsonl"));
        Assert.Equal((0.5, 4), (now.LearningRateFactor, now.Decoders));
        Assert.Equal(2, journal.Length);
        Assert.Contains("\"setting\":\"learning_rate_factor\",\"value\":0.5,\"by\":\"a test\"", journal[0], StringComparison.Ordinal);
        Assert.Equal(now, Read().Current);
        var answer = _asker.Hears<SettingsAnswer>();
        Assert.Equal(["learning_rate_factor", "decoders"], answer.Changes.Select(change => change.Setting));
        Assert.Equal((now, null), (answer.Now, answer.Refusal));
        Assert.Equal(now, _live.Current);
    }

    [Fact]
    public void Where_everything_is_so_already_nobody_but_the_asker_hears_of_it()
    {
        var control = Start();
        Ask(control, ("decoders", "2"));
        var answer = _asker.Hears<SettingsAnswer>();
        Assert.Empty(answer.Changes);
        Assert.Null(answer.Refusal);
        Assert.Empty(Heard(control, Parent));
        Assert.False(File.Exists(_folder.File("control.jsonl")));
    }

    [Theory]
    [InlineData("decoders", "1025", "it must be a whole number from 0 to 1024")]
    [InlineData("colour", "red", "There is no setting colour")]
    [InlineData("log_level", "debug", "The log of this run is closed.")]
    public void A_wish_that_cannot_be_is_refused_and_with_it_all_that_was_wished_along(string setting, string value, string why)
    {
        var control = Start();
        Ask(control, ("learning_rate_factor", "0.5"), (setting, value));
        var answer = _asker.Hears<SettingsAnswer>();
        Assert.Contains(why, answer.Refusal, StringComparison.Ordinal);
        Assert.Empty(answer.Changes);
        Assert.Equal(Configured, answer.Now);
        Assert.Empty(Heard(control, Parent));
        Assert.False(File.Exists(_folder.File("control.jsonl")));
    }

    [Fact]
    public void A_journal_that_cannot_be_written_refuses_the_change_and_that_is_decided_and_the_next_one_is_made()
    {
        var control = Start();
        Directory.CreateDirectory(_folder.File("control.jsonl"));
        Ask(control, ("decoders", "4"));
        var answer = _asker.Hears<SettingsAnswer>();
        Assert.StartsWith("control.jsonl of the run folder cannot be written: ", answer.Refusal, StringComparison.Ordinal);
        Assert.EndsWith(". Nothing was changed; free space there and try again.", answer.Refusal, StringComparison.Ordinal);
        Assert.Empty(answer.Changes);
        Assert.Equal((Configured, Configured), (answer.Now, _live.Current));
        var decision = Assert.IsType<SupervisionDecision>(Assert.Single(Heard(control, Parent)));
        Assert.Equal(("control", true, SupervisionVerdict.GoesOn), (decision.Name, decision.IsGrave, decision.Verdict));
        Assert.Equal("the change is refused; training goes on", decision.Decision);
        Assert.StartsWith("cannot write control.jsonl: ", decision.Cause, StringComparison.Ordinal);
        Directory.Delete(_folder.File("control.jsonl"));
        Ask(control, ("decoders", "4"));
        Assert.Equal(4, Assert.IsType<ControlProtocol.Changed>(Assert.Single(Heard(control, Parent))).Now.Decoders);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _folder.Dispose();
    }

    private LiveControl Read() =>
        new(Configured, new ControlJournal(_folder.Path, Configured.LossWeights), stepsDone: 0, totalSteps: 100, TimeProvider.System);

    private IActorRef Start() => Start(
        ControlActor.Props(_live, wish => wish.Setting == "log_level" ? "The log of this run is closed." : null), "control");

    private void Ask(IActorRef control, params (string Setting, string Value)[] wishes) => control.Tell(
        new ControlProtocol.Change([.. wishes.Select(wish => new SettingChange(wish.Setting, wish.Value))], "a test"), _asker.Ref);
}
