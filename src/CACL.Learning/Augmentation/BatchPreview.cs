using System.Diagnostics.CodeAnalysis;
using CACL.Data.Batches;
using CACL.Data.Sampling;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Small pictures of a batch for whoever asks while the training goes on. The loop looks between making the views and computing the
/// step: a copy is made only where one was asked for, at most every few seconds, and of a few pairs. It reads what is there and draws
/// nothing random, so a run is the same to the bit however often somebody looks.
/// </summary>
/// <param name="clock">Tells how long ago the last copy was made.</param>
public sealed class BatchPreview(TimeProvider clock)
{
    /// <summary>Most pairs of a preview.</summary>
    public const int MostPairs = 8;

    /// <summary>Most pixels of a picture's side.</summary>
    public const int MostSide = 112;

    /// <summary>Least time between two copies.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private volatile bool _wanted;
    private volatile PreviewedBatch? _latest;
    private volatile string? _fault;
    private long? _taken;

    /// <summary>The last copy; null before any.</summary>
    public PreviewedBatch? Latest => _latest;

    /// <summary>Why the last copy could not be made; null: it could.</summary>
    public string? Fault => _fault;

    /// <summary>Asks for a copy of the next step's views. From any thread; never waits.</summary>
    /// <returns>False: the last one is too recent for another.</returns>
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
    /// <param name="batch">The batch. Stays the caller's.</param>
    /// <param name="views">Its views. Stay the caller's.</param>
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

/// <summary>Some pairs of a batch in small pictures.</summary>
/// <param name="Step">The step, counted from 0.</param>
/// <param name="Epoch">The epoch, counted from 0.</param>
/// <param name="Size">Pairs of the whole batch.</param>
/// <param name="Side">Pixels of a picture's side.</param>
/// <param name="Pairs">The first pairs.</param>
public sealed record PreviewedBatch(long Step, int Epoch, int Size, int Side, IReadOnlyList<PreviewedPair> Pairs);

/// <summary>A pair in small pictures.</summary>
/// <param name="Path">The video.</param>
/// <param name="Plan">What was done to it.</param>
/// <param name="View">v: rows of R, G, B.</param>
/// <param name="ViewPlus">v₊, as <paramref name="View"/>.</param>
public sealed record PreviewedPair(string Path, SamplePlan Plan, byte[] View, byte[] ViewPlus);
