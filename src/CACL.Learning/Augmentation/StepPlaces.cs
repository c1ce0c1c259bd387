using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Which rows a training step puts where, as whole numbers on the device: the tables by which both networks' batches are rolled, permuted
/// and put back (<see cref="SpatialRoll.Tables"/>), and the positions whose keys enter the queues. One flat tensor, so that it is one copy.
/// </summary>
/// <param name="All">All numbers, int64, on the device.</param>
/// <param name="Batch">Number of samples B.</param>
internal readonly record struct StepPlaces(Tensor All, int Batch)
{
    private int TableSize => SpatialRoll.TableRows * Batch;

    /// <summary>The query network's tables [9,B].</summary>
    public Tensor Query => Table(0);

    /// <summary>Returns the key network's tables [9,B], which permute the samples and, if wanted, roll them.</summary>
    public Tensor Key(bool rolled) => Table(rolled ? 1 : 2);

    /// <summary>The rows [B·m] of all samples' positions whose keys enter the queues.</summary>
    public Tensor Chosen => All.narrow(0, 3 * TableSize, All.shape[0] - (3 * TableSize));

    /// <summary>Returns the numbers of a step.</summary>
    /// <param name="rolls">Rolls of the query network's views.</param>
    /// <param name="rollsPlus">Rolls of the key network's views.</param>
    /// <param name="permutation">The key network's place i gets sample permutation[i].</param>
    /// <param name="chosen">For each sample, the positions whose keys enter the queues.</param>
    /// <param name="positions">Number of positions of a map.</param>
    public static long[] Of(Roll[] rolls, Roll[] rollsPlus, int[] permutation, int[][] chosen, long positions) =>
    [
        .. SpatialRoll.Tables(rolls, [.. Enumerable.Range(0, permutation.Length)]),
        .. SpatialRoll.Tables(rollsPlus, permutation),
        .. SpatialRoll.Tables(rolls: null, permutation),
        .. chosen.SelectMany((places, sample) => places.Select(place => (sample * positions) + place)),
    ];

    private Tensor Table(int index) => All.narrow(0, index * TableSize, TableSize).view(SpatialRoll.TableRows, Batch);
}
