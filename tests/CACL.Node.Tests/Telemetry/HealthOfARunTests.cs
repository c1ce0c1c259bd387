using System.Net;
using System.Text.Json;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Tests /healthz of the real server with the real actors, one of which fails and recovers.</summary>
// A listener hears all meters of one name.
[Collection("meters")]
public sealed class HealthOfARunTests : IDisposable
{
    private readonly WatchedServer _server = new("cacl.telemetry.health.step-age=1s", "cacl.telemetry.health.checkpoint-age=1s");

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData(false, "a step is being computed")]
    [InlineData(true, "it waits for data: the decoders deliver nothing")]
    public async Task A_step_that_does_not_come_is_told_until_it_comes(bool data, string words)
    {
        using var gate = new ManualResetEventSlim();
        using var run = Endless();
        if (data) run.Videos.Before = _ => Eventually.IsSet(gate);
        else run.Training.Before = step => { if (step == 3) Eventually.IsSet(gate); };
        Begin(run);
        var fault = await UntilAsync("/healthz/live", HttpStatusCode.ServiceUnavailable, "step", words);
        Assert.Contains("longer than cacl.telemetry.health.step-age (1 s)", TextOf(fault, "step"), StringComparison.Ordinal);
        await UntilAsync("/healthz/ready", HttpStatusCode.ServiceUnavailable);
        gate.Set();
        await UntilAsync("/healthz/live", HttpStatusCode.OK);
        await UntilAsync("/healthz/ready", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checkpoints_that_cannot_be_written_are_told_until_one_is()
    {
        using var run = Endless();
        run.Storage.Failures = int.MaxValue;
        Begin(run);
        await UntilAsync("/healthz/ready", HttpStatusCode.ServiceUnavailable, "checkpoint", "No checkpoint was written in");
        // That is no reason to kill the process: it trains.
        await UntilAsync("/healthz/live", HttpStatusCode.OK);
        run.Storage.Failures = 0;
        await UntilAsync("/healthz/ready", HttpStatusCode.OK);
        run.Storage.Failures = int.MaxValue;
        await UntilAsync(
            "/healthz/ready", HttpStatusCode.ServiceUnavailable, "checkpoint", "older than cacl.telemetry.health.checkpoint-age (1 s)");
    }

    [Fact]
    public async Task Decoders_that_are_dead_are_told_until_new_ones_start()
    {
        var crashes = 0;
        using var run = Endless();
        run.Options = run.Options with { DecoderBackOff = new BackOff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)) };
        run.Videos.Before = _ =>
        {
            if (Interlocked.Increment(ref crashes) is > 20 and <= 22) throw new InvalidOperationException("a crash");
        };
        Begin(run);
        var fault = await UntilAsync("/healthz/ready", HttpStatusCode.ServiceUnavailable, "decoders", "No decoder is alive");
        Assert.False(fault.GetProperty("checks").GetProperty("decoders").GetProperty("ok").GetBoolean());
        await UntilAsync("/healthz/ready", HttpStatusCode.OK);
        Assert.Equal(2, _server.Telemetry.Instruments.DecodersAlive);
    }

    private static string TextOf(JsonElement answer, string check) =>
        answer.GetProperty("checks").GetProperty(check).GetProperty("text").GetString()!;

    /// <summary>Starts a long training of short steps that saves often.</summary>
    private FakeRun Endless()
    {
        var training = new FakeTraining { StepTime = TimeSpan.FromMilliseconds(10) };
        var run = new FakeRun { Instruments = _server.Telemetry.Instruments, Training = training };
        run.Options = run.Options with { MaxSteps = 1_000_000, Epochs = 1_000_000, CheckpointEverySteps = 5 };
        return run;
    }

    private void Begin(FakeRun run)
    {
        _server.Telemetry.Begin(null);
        _server.State.Began(
            run.Start(), RunLength.Of(run.VideoCount, run.Options.BatchSize, run.Options.Epochs, run.Options.MaxSteps), run.Options);
    }

    /// <summary>
    /// Asks until the response has this status, and a check's sentence contains these words: on a busy machine another fault may come
    /// first.
    /// </summary>
    private async Task<JsonElement> UntilAsync(string path, HttpStatusCode wanted, string? check = null, string words = "")
    {
        JsonElement last = default;
        await Eventually.HoldsAsync(async () =>
        {
            (var status, last) = await _server.GetAsync(path);
            return status == wanted && (check is null || TextOf(last, check).Contains(words, StringComparison.Ordinal));
        }, $"{wanted} of {path} {words}");
        return last;
    }
}
