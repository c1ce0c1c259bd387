using CACL.Learning.Methods.Cacl;
using CACL.Runs.Live;
using CACL.Testing;

namespace CACL.Runs.Tests.Live;

/// <summary>Checks who waits, and who does not, while a change is being written to the disk.</summary>
public sealed class ChangeUnderwayTests
{
    private static readonly LiveSettings Configured = new()
    {
        LossWeights = CaclOptions.Weights(1, 1, 1),
        CheckpointEverySteps = 10,
        Decoders = 2,
    };

    [Fact]
    public async Task The_step_that_a_change_is_being_written_for_waits_for_it_and_nobody_else_does()
    {
        using var journal = new SlowJournal();
        var live = Open(journal);
        live.Begin(0);
        var change = Task.Run(() => Change(live, "learning_rate_factor", "0.5"), Cancel);
        journal.AwaitWrite();
        Assert.Equal(1, live.Current.LearningRateFactor);
        Assert.Empty(live.Ahead);
        Assert.Equal(1, live.Of(1).LearningRateFactor);
        // The run was rolled back meanwhile: steps before the change's own begin, and use the settings that hold for them.
        live.GoTo(0);
        Assert.Equal(1, live.Begin(0).LearningRateFactor);

        var step = OnItsThread(() => live.Begin(1).LearningRateFactor, out var began);
        AwaitWaiting(began);
        Assert.Equal(1, live.Current.LearningRateFactor);
        Assert.False(step.IsCompleted);
        journal.Finish();
        Assert.Equal(0.5, await step.WaitAsync(Eventually.Patience, Cancel));
        Assert.Equal(2, Assert.Single((await change.WaitAsync(Eventually.Patience, Cancel)).Changes).Step);
        Assert.Equal(0.5, live.Current.LearningRateFactor);
    }

    [Fact]
    public async Task A_step_that_follows_one_that_is_left_out_waits_in_its_place()
    {
        using var journal = new SlowJournal();
        var live = Open(journal);
        var change = Task.Run(() => Change(live, "loss_weights.pixel", "3"), Cancel);
        journal.AwaitWrite();
        var step = OnItsThread(() => live.Begin(4).LossWeights["pixel"], out var began);
        AwaitWaiting(began);
        journal.Finish();
        Assert.Equal(3, await step.WaitAsync(Eventually.Patience, Cancel));
        await change.WaitAsync(Eventually.Patience, Cancel);
    }

    [Fact]
    public async Task No_step_waits_for_what_changes_no_number()
    {
        using var journal = new SlowJournal();
        var live = Open(journal);
        var change = Task.Run(
            () => live.Change([new SettingChange("decoders", "5"), new SettingChange("log_level", "debug")], "a test", _ => null), Cancel);
        journal.AwaitWrite();
        for (var i = 0; i < 4; i++) live.Begin(i);
        Assert.Equal(2, live.Current.Decoders);
        journal.Finish();
        await change.WaitAsync(Eventually.Patience, Cancel);
        Assert.Equal((5, "debug"), (live.Current.Decoders, live.Current.LogLevel));
    }

    [Fact]
    public async Task A_write_that_fails_lets_the_waiting_step_begin_unchanged()
    {
        using var journal = new SlowJournal();
        var live = Open(journal);
        var change = Task.Run(() => Change(live, "learning_rate_factor", "0.5"), Cancel);
        journal.AwaitWrite();
        var step = OnItsThread(() => live.Begin(0).LearningRateFactor, out _);
        journal.Fail(new IOException("No space left on device"));
        Assert.Equal(1, await step.WaitAsync(Eventually.Patience, Cancel));
        await Assert.ThrowsAsync<IOException>(() => change.WaitAsync(Eventually.Patience, Cancel));
        Assert.Equal(1, live.Begin(1).LearningRateFactor);
        Assert.Equal(1, live.Current.LearningRateFactor);
        // The next change does not block it.
        journal.Finish();
        Assert.Equal(3, Assert.Single(Change(live, "learning_rate_factor", "0.25").Changes).Step);
        Assert.Equal(0.25, live.Begin(2).LearningRateFactor);
    }

    [Fact]
    public async Task Of_two_who_change_at_the_same_time_the_second_finds_what_the_first_has_changed()
    {
        using var journal = new SlowJournal();
        var live = Open(journal);
        var first = Task.Run(() => Change(live, "learning_rate_factor", "0.5"), Cancel);
        journal.AwaitWrite();
        var second = OnItsThread(() => Change(live, "learning_rate_factor", "0.5"), out var waits);
        AwaitWaiting(waits);
        journal.Finish();
        Assert.Single((await first.WaitAsync(Eventually.Patience, Cancel)).Changes);
        Assert.Empty((await second.WaitAsync(Eventually.Patience, Cancel)).Changes); // it had this value already
        Assert.Single(journal.Read());
    }

    private static void AwaitWaiting(Thread thread) => Eventually.Holds(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));

    private static SettingsAnswer Change(LiveControl live, string setting, string value) =>
        live.Change([new SettingChange(setting, value)], "a test", _ => null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static LiveControl Open(IControlJournal journal) => new(Configured, journal, 0, totalSteps: 40, TimeProvider.System);

    private static Task<T> OnItsThread<T>(Func<T> does, out Thread thread)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        thread = new Thread(() =>
        {
            try
            {
                done.SetResult(does());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true };
        thread.Start();
        return done.Task;
    }
}
