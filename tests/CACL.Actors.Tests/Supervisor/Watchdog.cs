using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Actors.Training;
using CACL.Testing;

namespace CACL.Actors.Tests.Supervisor;

/// <summary>Drives the watchdog of a run's first training.</summary>
internal static class Watchdog
{
    /// <summary>Has the watchdog check now, and returns when the run has received its report.</summary>
    public static async Task LooksAsync(FakeRun run)
    {
        var trainer = run.Actor("trainer-1");
        trainer.Tell(new TrainerActor.CheckProgress());
        await trainer.Ask<TrainerProtocol.Status>(new TrainerProtocol.GetStatus(), Eventually.Patience);
        await run.Run.StatusAsync(Eventually.Patience);
    }
}
