
namespace CACL.Learning.Methods;

/// <summary>What a step puts into a queue of negatives.</summary>
public enum QueueRows
{
    /// <summary>One row for each pair of the batch.</summary>
    OneAPair,

    /// <summary>The rows of the positions that each pair's plan chose.</summary>
    ChosenPixels,
}

/// <summary>A queue of negatives.</summary>
/// <param name="Head">Name of the head whose vectors it holds.</param>
/// <param name="Size">Number of rows K.</param>
/// <param name="Width">Length D of a row.</param>
/// <param name="Rows">What a step puts into it.</param>
public sealed record QueueSpec(string Head, int Size, int Width, QueueRows Rows)
{
    /// <summary>Returns the number of rows that a step puts into it.</summary>
    /// <param name="pairs">Number of pairs in a batch.</param>
    /// <param name="pixels">Number of positions that a pair's plan chooses.</param>
    public long RowsPerStep(int pairs, int pixels) => Rows == QueueRows.OneAPair ? pairs : (long)pairs * pixels;
}
