using System.Diagnostics.CodeAnalysis;
using CACL.Data.Batches;
using CACL.Data.Sampling;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Takes small pictures of a batch for those who want to look while the training goes on. The training loop calls it between making the
/// views and computing the step: pictures are copied only when requested, at most every few seconds, and of a few pairs. It only reads and
/// draws nothing random, so a run stays the same to the bit however often somebody looks.
/// </summary>
/// <param name="clock">The clock that measures the time since the last preview.</param>
public sealed class BatchPreview(TimeProvider clock)
{
    /// <summary>Most pairs in a preview.</summary>
    public const int MostPairs = 8;

    /// <summary>Largest side of a picture, pixels.</summary>
    public const int MostSide = 112;

    /// <summary>Least time between two previews.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private volatile bool _wanted;
    private volatile PreviewedBatch? _latest;
    private volatile string? _fault;
    private long? _taken;

    /// <summary>The last preview; null before the first.</summary>
    public PreviewedBatch? Latest => _latest;

    /// <summary>Why the last preview could not be made; null if it could.</summary>
    public string? Fault => _fault;

    /// <summary>Requests a preview of the next step's views. May be called from any thread; never waits.</summary>
    /// <returns>False if the last preview is too recent for another.</returns>
    public bool Request()
    {
        lock (_gate)
        {
            if (_taken is { } taken && clock.GetElapsedTime(taken) < LeastTime) return false;
            _taken = clock.GetTimestamp();
        }

        _fault = null;
        _wanted = true;
        return true;
    }

    /// <summary>Called for each step on the thread that owns the views; does nothing unless somebody asked, and never throws.</summary>
    /// <param name="batch">The batch, which stays the caller's.</param>
    /// <param name="views">Its views, which stay the caller's.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong with a picture, the training goes on.")]
    public void Look(PairBatch batch, Views views)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!_wanted) return;
        _wanted = false;
        try
        {
            var pictures = ViewThumbnails.Of(views, MostPairs, MostSide);
            var pairs = batch.Pairs.Zip(
                pictures.Pairs, (pair, pictured) => new PreviewedPair(pair.Path, pair.Plan!, pictured.View, pictured.ViewPlus));
            _latest = new PreviewedBatch(batch.Step, batch.Epoch, batch.Pairs.Count, pictures.Side, [.. pairs]);
        }
        catch (Exception cause)
        {
            _fault = cause.Message;
        }
    }
}

/// <summary>Small pictures of some pairs of a batch.</summary>
/// <param name="Step">The step, counted from 0.</param>
/// <param name="Epoch">The epoch, counted from 0.</param>
/// <param name="Size">Number of pairs in the whole batch.</param>
/// <param name="Side">Side of a picture, pixels.</param>
/// <param name="Pairs">The first pairs.</param>
public sealed record PreviewedBatch(long Step, int Epoch, int Size, int Side, IReadOnlyList<PreviewedPair> Pairs);

/// <summary>Small pictures of a pair.</summary>
/// <param name="Path">The video.</param>
/// <param name="Plan">The plan by which its views were made.</param>
/// <param name="View">View v: rows of R, G, B.</param>
/// <param name="ViewPlus">View v₊, like <paramref name="View"/>.</param>
public sealed record PreviewedPair(string Path, SamplePlan Plan, byte[] View, byte[] ViewPlus);
