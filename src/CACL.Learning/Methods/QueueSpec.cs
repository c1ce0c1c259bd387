
namespace CACL.Learning.Methods;

/// <summary>What a step puts into a queue of negatives.</summary>
public enum QueueRows
{
    /// <summary>A row for each pair of the batch.</summary>
    OneAPair,

    /// <summary>Rows of the positions that each pair's plan chose.</summary>
    ChosenPixels,
}

/// <summary>A queue of negatives.</summary>
/// <param name="Head">The head whose vectors it holds: its name.</param>
/// <param name="Size">Rows K.</param>
/// <param name="Width">Length D of a row.</param>
/// <param name="Rows">What a step puts into it.</param>
public sealed record QueueSpec(string Head, int Size, int Width, QueueRows Rows)
{
    /// <summary>Rows that a step puts into it.</summary>
    /// <param name="pairs">Pairs of a batch.</param>
    /// <param name="pixels">Positions that a pair's plan chooses.</param>
    public long RowsPerStep(int pairs, int pixels) => Rows == QueueRows.OneAPair ? pairs : (long)pairs * pixels;
}
