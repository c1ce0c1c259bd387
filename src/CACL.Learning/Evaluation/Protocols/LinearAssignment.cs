namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// The assignment problem: each row gets a column of its own so that the sum of the weights is greatest. The Hungarian algorithm with
/// potentials (Kuhn, 1955; Munkres, 1957), in O(rows² · columns), exact in whole numbers.
/// </summary>
internal static class LinearAssignment
{
    /// <summary>Returns the column of each row.</summary>
    /// <param name="weights">Rows × columns, at most as many rows as columns; sums must fit a long.</param>
    public static int[] Greatest(long[,] weights)
    {
        var (rows, columns) = (weights.GetLength(0), weights.GetLength(1));
        if (rows > columns) throw new ArgumentException($"{rows} rows cannot each have one of {columns} columns.", nameof(weights));
        // Rows and columns count from 1 here: column 0 stands for the row that is looking for one.
        var (ofRow, ofColumn) = (new long[rows + 1], new long[columns + 1]); // potentials, of costs = −weights
        var rowOf = new int[columns + 1]; // 0: free
        for (var row = 1; row <= rows; row++)
        {
            rowOf[0] = row;
            var from = new int[columns + 1];
            var column = Reach(weights, ofRow, ofColumn, rowOf, from);
            // The free column that was reached goes to the last row of the path, whose column goes to the one before, and so on.
            while (column != 0)
            {
                rowOf[column] = rowOf[from[column]];
                column = from[column];
            }
        }

        var columnOf = new int[rows];
        for (var column = 1; column <= columns; column++)
        {
            if (rowOf[column] > 0) columnOf[rowOf[column] - 1] = column - 1;
        }

        return columnOf;
    }

    /// <summary>
    /// Finds the cheapest path from the row at column 0 to a free column, which it returns, and adjusts the potentials to it.
    /// </summary>
    private static int Reach(long[,] weights, long[] ofRow, long[] ofColumn, int[] rowOf, int[] from)
    {
        var columns = ofColumn.Length - 1;
        var slack = new long[columns + 1];
        Array.Fill(slack, long.MaxValue);
        var visited = new bool[columns + 1];
        var column = 0;
        do
        {
            visited[column] = true;
            var (row, least, next) = (rowOf[column], long.MaxValue, 0);
            for (var other = 1; other <= columns; other++)
            {
                if (visited[other]) continue;
                var cost = -weights[row - 1, other - 1] - ofRow[row] - ofColumn[other];
                if (cost < slack[other]) (slack[other], from[other]) = (cost, column);
                if (slack[other] < least) (least, next) = (slack[other], other);
            }

            for (var other = 0; other <= columns; other++)
            {
                if (visited[other]) (ofRow[rowOf[other]], ofColumn[other]) = (ofRow[rowOf[other]] + least, ofColumn[other] - least);
                else if (slack[other] != long.MaxValue) slack[other] -= least;
            }

            column = next;
        }
        while (rowOf[column] != 0);
        return column;
    }
}
