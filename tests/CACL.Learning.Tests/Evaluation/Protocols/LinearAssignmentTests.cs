using CACL.Learning.Evaluation.Protocols;
using CsCheck;

namespace CACL.Learning.Tests.Evaluation.Protocols;

public sealed class LinearAssignmentTests
{
    [Fact]
    public void No_assignment_has_a_greater_sum_and_no_column_is_given_twice() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 2])
            .SelectMany(size => Gen.Long[-20, 20].Array2D[size.Item1, size.Item1 + size.Item2]).Sample(weights =>
            {
                var columnOf = LinearAssignment.Greatest(weights);
                Assert.Equal(weights.GetLength(0), columnOf.Length);
                Assert.Equal(columnOf.Length, columnOf.Distinct().Count());
                Assert.Equal(Best(weights, 0, []), Sum(weights, columnOf));
            });

    // The sums are those of scipy.optimize.linear_sum_assignment(weights, maximize=True).
    [Theory]
    [InlineData(12, 12, 11_108)]
    [InlineData(20, 25, 19_148)]
    public void Scipy_finds_the_same_sum(int rows, int columns, long sum)
    {
        var weights = new long[rows, columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++) weights[i, j] = ((7919 * i * i) + (104_729 * j * (i + 3)) + (31 * j * j)) % 1000;
        }

        Assert.Equal(sum, Sum(weights, LinearAssignment.Greatest(weights)));
    }

    [Fact]
    public void Counts_of_more_pixels_than_an_int_holds_are_told_apart() =>
        Assert.Equal([1, 0], LinearAssignment.Greatest(new[,] { { 50_000_000_000, 50_000_000_001 }, { 50_000_000_000, 50_000_000_000 } }));

    [Fact]
    public void More_rows_than_columns_are_refused() =>
        Assert.Throws<ArgumentException>(() => LinearAssignment.Greatest(new long[3, 2]));

    private static long Sum(long[,] weights, int[] columnOf) => columnOf.Select((column, row) => weights[row, column]).Sum();

    private static long Best(long[,] weights, int row, HashSet<int> taken)
    {
        if (row == weights.GetLength(0)) return 0;
        var best = long.MinValue;
        for (var column = 0; column < weights.GetLength(1); column++)
        {
            if (!taken.Add(column)) continue;
            best = Math.Max(best, weights[row, column] + Best(weights, row + 1, taken));
            taken.Remove(column);
        }

        return best;
    }
}
