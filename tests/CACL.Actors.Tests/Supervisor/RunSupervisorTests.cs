using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Actors.Tests.Supervisor;

public sealed class RunSupervisorTests
{
    private static readonly BackOff Soon = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2));

    [Fact]
    public async Task A_run_does_all_its_steps_and_saves_on_the_way_and_at_the_end()
    {
        using var run = new FakeRun();
        run.InNoHurry(evaluated: false);
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Completed, 12L, "step-00000012"), (outcome.End, outcome.Step, outcome.Checkpoint));
        Assert.Equal([5, 10, 12], run.Storage.Written.Select(p => p.Step));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (long)i), run.Training.Seen.Select(s => s.Step));
        Assert.Equal(12, run.Lines("metrics.jsonl").Length);
        Assert.Equal((1, 0), (run.Training.Engines.Begun, run.Training.Engines.Alive));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task The_number_of_decoders_changes_nothing(int decoders)
    {
        using var two = new FakeRun();
        using var other = new FakeRun();
        other.Options = other.Options with { Decoders = decoders };
        other.Videos.DecodeTime = id => TimeSpan.FromMilliseconds(id % 3); // the decoders finish in another order
        await two.RunAsync();
        await other.RunAsync();
        Assert.Equal(two.Training.Seen, other.Training.Seen);
    }

    [Fact]
    public async Task A_run_resumed_in_the_middle_sees_the_same_batches()
    {
        using var whole = new FakeRun { Videos = new FakeVideos { Broken = [4, 9] } };
        await whole.RunAsync();
        using var rest = new FakeRun { Videos = new FakeVideos { Broken = [4, 9] } };
        await rest.RunAsync(whole.Storage.Written[0]);
        Assert.Equal(whole.Training.Seen.Skip(5), rest.Training.Seen);
    }

    [Fact]
    public async Task Broken_videos_are_quarantined_with_their_reason_and_replaced()
    {
        using var run = new FakeRun { Videos = new FakeVideos { Broken = [3, 7] } };
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Completed, outcome.End);
        var lines = run.Lines("quarantine.jsonl");
        Assert.Equal(2, lines.Length);
        Each.Holds(lines, line => Assert.Contains("\"reason\":\"Corrupt\"", line));
        // The video is tried again when its turn comes: what is decoded depends on the place in the run, not on earlier failures.
        Assert.True(run.Videos.Calls.Count(id => id == 3) > 1);
    }

    [Fact]
    public async Task Too_many_broken_videos_end_the_run_with_what_was_trained_saved()
    {
        using var run = new FakeRun { Videos = new FakeVideos { Broken = [.. Enumerable.Range(1, 8).Select(i => (long)i)] } };
        run.Options = run.Options with { MaxBadShare = 0.2 };
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Matches("[5-8] of 20 videos are unusable", outcome.Message);
        Assert.Equal(run.Training.Seen.Count, run.Storage.Written is [.., var last] ? (int)last.Step : 0);
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_halts_the_run_and_names_step_losses_and_videos()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [6] } };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, 6L, "step-00000005"), (outcome.End, outcome.Step, outcome.Checkpoint));
        Assert.Contains("step 7", outcome.Message);
        Assert.Contains("global NaN", outcome.Message);
        Assert.Equal(4, outcome.Message.Split("Its batch: ")[1].Split('.')[0].Split(", ").Length);
    }

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(0.1, 0)]
    public async Task A_head_that_is_collapsed_for_long_is_told_once(double spread, int times)
    {
        using var run = new FakeRun { Training = new FakeTraining { Spread = spread } };
        run.Options = run.Options with { MaxSteps = CollapseWatch.Steps + 20, CheckpointEverySteps = 0 };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        var told = run.Said.Where(text => text.Contains("the global head has collapsed", StringComparison.Ordinal)).ToList();
        Assert.Equal(times, told.Count);
        Assert.Equal(times, told.Count(text => text.Contains("try cacl.model.positives = same-position", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task On_nan_skip_leaves_the_step_out_and_remembers_it()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [6] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Skip };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(11, run.Lines("metrics.jsonl").Length);
        Assert.Equal([6], run.Storage.Written[^1].SkippedSteps);
    }

    [Fact]
    public async Task On_nan_rollback_goes_back_to_the_last_checkpoint_and_leaves_the_step_out()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [6] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 5, 7, 8, 9, 10, 11], run.Training.Seen.Select(s => s.Step));
    }

    [Fact]
    public async Task Rollbacks_are_counted_and_end()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [6, 7, 8, 9, 10, 11] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback, MaxRollbacks = 2 };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, 8L), (outcome.End, outcome.Step));
    }

    [Fact]
    public async Task A_state_with_NaN_is_never_saved()
    {
        using var run = new FakeRun { Training = new FakeTraining { PoisonCopies = true } };
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains("NaN or infinity in state", outcome.Message);
        Assert.Empty(run.Storage.Written);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_written_is_tried_again_and_training_goes_on()
    {
        using var run = new FakeRun { Storage = new FakeStorage { Failures = 3 } };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Completed, "step-00000012"), (outcome.End, outcome.Checkpoint));
    }

    [Fact]
    public async Task The_last_checkpoint_given_up_is_a_failed_run()
    {
        using var run = new FakeRun { Storage = new FakeStorage { Failures = 100 } };
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains("No space left on device", outcome.Message);
    }

    [Fact]
    public async Task A_run_that_pauses_waits_for_its_checkpoint_however_often_writing_fails()
    {
        using var run = new FakeRun { Storage = new FakeStorage { Failures = 40 } };
        run.Options = run.Options with { OnCheckpointFailure = OnCheckpointFailure.Pause, CheckpointBackOff = Soon };
        // A real run's steps take longer than the request to pause; these would all be done before it arrives.
        run.Training.Before = step => Eventually.Holds(() => step < 6 || run.Storage.Failures <= 20);
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Completed, "step-00000012"), (outcome.End, outcome.Checkpoint));
        Assert.Equal(5, run.Storage.Written[0].Step);
    }

    [Fact]
    public async Task A_run_that_waits_for_its_checkpoint_ends_when_asked_to_and_says_what_is_lost()
    {
        using var run = new FakeRun { Storage = new FakeStorage { Failures = int.MaxValue } };
        run.Options = run.Options with { OnCheckpointFailure = OnCheckpointFailure.Pause, CheckpointBackOff = Soon };
        run.Training.Before = step => { if (step == 6) Eventually.Holds(() => run.Run.Status().PausedByCheckpoint); };
        var training = run.Start();
        await Eventually.HoldsAsync(async () => (await training.StatusAsync(Eventually.Patience)).Phase == LoopPhase.Paused);
        training.Stop("enough");
        var outcome = await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((RunEnd.Failed, null), (outcome.End, outcome.Checkpoint));
        Assert.Contains("could not be saved", outcome.Message);
    }

    [Fact]
    public async Task A_run_folder_whose_files_cannot_be_opened_ends_the_run_with_a_sentence()
    {
        using var run = new FakeRun();
        Directory.CreateDirectory(Path.Combine(run.Folder, "metrics.jsonl"));
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains("metrics.jsonl", outcome.Message);
    }

    [Fact]
    public async Task A_run_asked_to_stop_finishes_its_step_and_saves()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { MaxSteps = 0, Epochs = 1000000, CheckpointEverySteps = 0 };
        using var third = new ManualResetEventSlim();
        run.Training.Before = step => { if (step == 3) third.Set(); };
        var training = run.Start();
        Eventually.IsSet(third);
        training.Stop("enough");
        var outcome = await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((RunEnd.Stopped, "enough"), (outcome.End, outcome.Message));
        Assert.Equal(run.Training.Seen.Count, (int)outcome.Step);
        Assert.Equal([outcome.Step], run.Storage.Written.Select(p => p.Step));
    }

    [Fact]
    public async Task A_step_that_hangs_ends_the_run()
    {
        // Only step 6 takes time, however slow the machine is, and only once the run knows of its checkpoint.
        var clock = new StandingClock();
        using var run = new FakeRun { Clock = clock };
        using var goOn = new ManualResetEventSlim();
        run.Options = run.Options with { Watchdog = TimeSpan.FromMilliseconds(300) };
        run.Training.Before = step =>
        {
            if (step != 6) return;
            Eventually.Holds(() => run.Run.Status().Checkpoint is not null);
            Eventually.Holds(() => Jumped() && goOn.IsSet);
        };
        var outcome = await run.RunAsync();
        goOn.Set();
        Assert.Equal((RunEnd.Failed, "step-00000005"), (outcome.End, outcome.Checkpoint));
        Assert.Contains("cacl.training.watchdog", outcome.Message);

        bool Jumped()
        {
            clock.Jump(TimeSpan.FromSeconds(1));
            return true;
        }
    }

    [Fact]
    public async Task An_exception_in_a_step_ends_the_run_and_the_last_good_checkpoint_stays()
    {
        using var run = new FakeRun();
        run.Training.Before = step => { if (step == 8) throw new InvalidOperationException("device lost"); };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, "step-00000005"), (outcome.End, outcome.Checkpoint));
        Assert.Contains("device lost", outcome.Message);
    }

    [Fact]
    public async Task A_decoder_that_crashes_is_replaced_and_its_plan_is_decoded_by_another()
    {
        using var run = new FakeRun();
        var crashed = 0;
        run.Videos.Before = id => { if (id == 5 && Interlocked.Exchange(ref crashed, 1) == 0) throw new InvalidOperationException("bug"); };
        using var calm = new FakeRun();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        await calm.RunAsync();
        Assert.Equal(calm.Training.Seen, run.Training.Seen);
        Assert.Empty(run.Lines("quarantine.jsonl"));
    }

    [Fact]
    public async Task A_video_that_crashes_two_decoders_is_left_out()
    {
        using var run = new FakeRun();
        run.Videos.Before = id => { if (id == 5) throw new InvalidOperationException("bug"); };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        var line = Assert.Single(run.Lines("quarantine.jsonl"));
        Assert.Contains("/5", line);
        Assert.Contains("\"reason\":\"Decoder\"", line);
        Assert.Equal(2, run.Videos.Calls.Count(id => id == 5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_decoder_that_fails_through_no_fault_of_the_video_is_asked_again_and_nothing_is_quarantined(int times)
    {
        using var run = new FakeRun();
        var faults = 0;
        run.Videos.Before = id =>
        {
            if (id == 5 && Interlocked.Increment(ref faults) <= times)
                throw DecoderFaultException.Of("/5", "ffmpeg was killed by signal 9 (SIGKILL)");
        };
        using var calm = new FakeRun();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        await calm.RunAsync();
        Assert.Equal(calm.Training.Seen, run.Training.Seen);
        Assert.Empty(run.Lines("quarantine.jsonl"));
        Assert.True(faults > times);
    }

    [Fact]
    public async Task A_video_on_which_decoders_fail_again_and_again_is_left_out_for_the_decoders_sake_and_not_called_damaged()
    {
        using var run = new FakeRun();
        run.Videos.Before = id => { if (id == 5) throw DecoderFaultException.Of("/5", "ffmpeg was killed by signal 11 (SIGSEGV)"); };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        var line = Assert.Single(run.Lines("quarantine.jsonl"));
        Assert.Contains("\"reason\":\"Decoder\"", line);
        Assert.Contains("SIGSEGV", line);
        Assert.Equal(5, run.Videos.Calls.Count(id => id == 5));
    }

    [Fact]
    public async Task Decoders_that_crash_all_the_time_end_the_run_with_the_cause()
    {
        using var run = new FakeRun();
        run.Videos.Before = _ => throw new InvalidOperationException("no such library");
        run.Options = run.Options with { MaxBadShare = 1 };
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains("no such library", outcome.Message);
        Assert.Contains("cacl doctor", outcome.Message);
    }
}
