using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Watches the run's supervisor, which watches all others: one that hangs, such as over a disk that does not answer, could neither end the
/// run nor be asked to.
/// </summary>
internal static class SupervisorWatch
{
    /// <summary>
    /// Watches a supervisor until its run is over, and ends the run for it if it owes an answer for longer than the limit.
    /// </summary>
    /// <param name="system">The actor system.</param>
    /// <param name="supervisor">The supervisor.</param>
    /// <param name="limit">How long it may take to answer.</param>
    /// <param name="parts">The run's clock and instruments.</param>
    /// <param name="completion">The run's end.</param>
    /// <param name="step">Returns the number of finished steps.</param>
    public static async Task WatchAsync(
        ActorSystem system, IActorRef supervisor, TimeSpan limit, RunParts parts, TaskCompletionSource<RunOutcome> completion,
        Func<(long Step, string? Checkpoint)> step)
    {
        var rounds = new Rounds(limit, parts.Clock);
        using var timer = new PeriodicTimer(rounds.Between);
        var over = completion.Task;
        var next = timer.WaitForNextTickAsync().AsTask();
        Task answer = Task.CompletedTask;
        while (await Task.WhenAny(over, next).ConfigureAwait(false) == next)
        {
            next = timer.WaitForNextTickAsync().AsTask();
            if (answer.IsCompleted) rounds.Answered(RunSupervisor.Name);
            if (rounds.Overdue(RunSupervisor.Name) is { } silent)
            {
                End($"has answered nothing for {(int)silent.TotalSeconds} s: it hangs");
                return;
            }

            if (rounds.Ask(RunSupervisor.Name))
                answer = supervisor.Ask<ActorIdentity>(new Identify(RunSupervisor.Name), Timeout.InfiniteTimeSpan);
        }

        void End(string what)
        {
            new DecisionDesk(Logging.GetLogger(system, typeof(SupervisorWatch)), system.EventStream, parts.Instruments, ActorRefs.Nobody)
                .Announce(new SupervisionDecision(supervisor.PathInRun(), $"{what}.", "end the run; the last good checkpoint stays")
                {
                    Verdict = SupervisionVerdict.RunEnds,
                    IsGrave = true,
                });
            var (done, checkpoint) = step();
            completion.TrySetResult(new RunOutcome(
                RunEnd.Failed, done, checkpoint, $"The run's supervisor {what}. Resume the run from its last checkpoint."));
        }
    }
}
