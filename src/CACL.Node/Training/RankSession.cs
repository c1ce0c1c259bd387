using CACL.Learning.DataParallel;
using CACL.Learning.Ranks;
using CACL.Node.Ending;

namespace CACL.Node.Training;

/// <summary>
/// Handles <c>cacl train</c> where several ranks train together: starts them, or takes this process's place among those that a launcher of
/// MPI programs started.
/// </summary>
internal static class RankSession
{
    /// <summary>Rank 0 speaks so many times within the deadline of the others.</summary>
    private const int Words = 5;

    /// <summary>Trains.</summary>
    /// <param name="request">The request.</param>
    /// <param name="asked">Number of ranks asked for; null: as many as there are.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">Something that the user can fix.</exception>
    public static int Run(TrainRequest request, int? asked)
    {
        var settings = request.Configuration.Settings;
        if (!MpiEnvironment.Own.IsLaunched)
        {
            if (asked is null && MpiEnvironment.Own.Apart is { } apart)
            {
                throw new UserException(
                    $"{apart} in a way of which Open MPI knows nothing, so that each would train by itself. Start the ranks of one "
                    + "training by mpirun, or by srun --mpi=pmix; if each is to be a training of its own, say --ranks 1.");
            }

            if (asked is null or 1) return Tell(() => TrainingSession.Run(request), () => false);
            RankRules.Require(settings, asked.Value);
            return RankLauncher.Launch(asked.Value, settings);
        }

        var ranks = MpiCollectives.Join(settings.Ranks.Timeout);
        try
        {
            if (asked is { } wanted && wanted != ranks.Size)
            {
                throw new UserException(
                    $"--ranks {wanted} was asked for, but the launcher started {ranks.Size}. Leave the option out there.");
            }

            RankRules.Require(settings, ranks.Size);
            var code = ranks.Rank == 0 ? Lead(request, ranks) : FollowingSession.Run(request, ranks);
            ranks.Dispose();
            if (ranks.StaysBehind) ProcessEnd.LeaveBehind();
            return code;
        }
        catch
        {
            // Another rank may be gone: MPI's own end would wait for it.
            ProcessEnd.LeaveBehind();
            throw;
        }
    }

    private static int Lead(TrainRequest request, MpiCollectives ranks) => Tell(
        () =>
        {
            using var leader = new RankLeader(ranks, request.Configuration.Settings.Ranks.Timeout / Words);
            return TrainingSession.Run(request with { Leader = leader });
        },
        () => ranks.HasLostRank);

    // Trains as rank 0, which may be the only one that is left, and tells whoever started it how that ended.
    private static int Tell(Func<int> train, Func<bool> hasLostRank)
    {
        var zero = RankZero.Own;
        zero?.Begin();
        var code = ExitCodes.Failure;
        try
        {
            return code = train();
        }
        finally
        {
            zero?.End(code, hasLostRank());
        }
    }
}
