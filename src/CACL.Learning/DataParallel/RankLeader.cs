using System.Diagnostics;
using CACL.Learning.Ranks;

namespace CACL.Learning.DataParallel;

/// <summary>
/// Rank 0's end of the ranks, for as long as the process lives: engines come and go (after a roll-back there is another one), the other
/// ranks stay. While there is nothing to do, it tells them from time to time to wait on; without a word of rank 0 they would end. Used by
/// the thread that trains; the words come from another.
/// </summary>
public sealed class RankLeader : IDisposable
{
    /// <summary>What is waited for while the other ranks prepare.</summary>
    internal const string Preparing = "preparing the training";

    /// <summary>What is waited for until every rank has its part of the batch.</summary>
    internal const string GettingReady = "getting ready for the next step";

    private static readonly TimeSpan PreparingTime = TimeSpan.FromMinutes(10);

    /// <summary>How long the end waits for a step: none is taken then, but for one that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Timer _words;
    private bool _ended;
    private bool _isLost;

    /// <summary>Begins to lead.</summary>
    /// <param name="ranks">The ranks, of which this is rank 0; they stay the caller's.</param>
    /// <param name="betweenWords">Time between two words, well below the others' deadline.</param>
    public RankLeader(ICollectives ranks, TimeSpan betweenWords)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        Ranks = ranks;
        _words = new Timer(_ => SayWait(), null, betweenWords, betweenWords);
    }

    /// <summary>The ranks.</summary>
    public ICollectives Ranks { get; }

    /// <summary>Has the other ranks prepare a training.</summary>
    /// <param name="what">What they must know; see <see cref="RankFollower.Run"/>.</param>
    /// <exception cref="LostRankException">One of them cannot; the message says why.</exception>
    public void Prepare(string what) => Together(() =>
    {
        new RankMessage(RankOrder.Prepare, what).Send(Ranks);
        var began = Stopwatch.GetTimestamp();
        while (!RankAnswer.AllReady(Ranks, new RankAnswer(RankProgress.Ready), Preparing))
        {
            if (Stopwatch.GetElapsedTime(began) > PreparingTime)
                throw new LostRankException($"Not every rank had prepared the training within {PreparingTime.TotalMinutes:0} minutes.");
        }

        return true;
    });

    /// <summary>Has the other ranks end, unless they cannot be reached. Called once more, it does nothing.</summary>
    /// <returns>
    /// Whether all of them are there to part; false: one is lost, or a step hangs, and they end by themselves when they hear nothing.
    /// </returns>
    public bool End()
    {
        if (!_gate.TryEnter(Patience)) return false;
        try
        {
            if (!_ended)
            {
                _ended = true;
                new RankMessage(RankOrder.End).Send(Ranks);
            }
        }
        catch (LostRankException)
        {
            _isLost = true;
        }
        finally
        {
            _gate.Exit();
        }

        return !_isLost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _words.Dispose();
        End();
    }

    /// <summary>Does something with the other ranks, into which no other word is put.</summary>
    internal T Together<T>(Func<T> work)
    {
        lock (_gate)
        {
            try
            {
                return work();
            }
            catch (LostRankException)
            {
                _isLost = true;
                throw;
            }
        }
    }

    private void SayWait()
    {
        // While a step is being taken, nobody waits for a word.
        if (!_gate.TryEnter()) return;
        try
        {
            if (!_ended) new RankMessage(RankOrder.Wait).Send(Ranks);
        }
        catch (LostRankException)
        {
            // The next step finds out, and says so.
        }
        finally
        {
            _gate.Exit();
        }
    }
}
