using CACL.Learning.Evaluation.DataSets.Png;

namespace CACL.Learning.Evaluation.DataSets;

/// <summary>What the numbers in label files mean: a class each, left out, or neither, which is a fault.</summary>
internal sealed class LabelCodes
{
    private const short Undeclared = -1;
    private const int MostNamed = 5;

    private readonly short[] _meaning = new short[ushort.MaxValue + 1];
    private readonly string _remedy;

    /// <summary>Of a meaning for each number.</summary>
    /// <param name="meaning">The class, <see cref="LabelMap.Ignored"/>, or null where the number must not occur.</param>
    /// <param name="remedy">A sentence: which numbers may occur, and what to do about others.</param>
    public LabelCodes(Func<int, int?> meaning, string remedy)
    {
        for (var value = 0; value < _meaning.Length; value++) _meaning[value] = (short)(meaning(value) ?? Undeclared);
        _remedy = remedy;
    }

    /// <summary>Classes of a label's numbers.</summary>
    /// <exception cref="DataSetException">A number must not occur. Named are the numbers, how many pixels have them, and where the first is.</exception>
    public LabelMap Map(IndexMap indices, string path)
    {
        var classes = GC.AllocateUninitializedArray<byte>(indices.Values.Length);
        var faulty = -1;
        for (var i = 0; i < classes.Length; i++)
        {
            var meaning = _meaning[indices.Values[i]];
            if (meaning == Undeclared && faulty < 0) faulty = i;
            classes[i] = (byte)meaning;
        }

        return faulty < 0 ? new LabelMap(indices.Width, indices.Height, classes) : throw Fault(indices, faulty, path);
    }

    private DataSetException Fault(IndexMap indices, int first, string path)
    {
        var counts = new SortedDictionary<int, int>();
        foreach (var value in indices.Values)
        {
            if (_meaning[value] == Undeclared) counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        var named = string.Join(", ", counts.Take(MostNamed).Select(c => $"{c.Key} ({Pixels(c.Value)})")) + (counts.Count > MostNamed ? $" and {counts.Count - MostNamed} more" : "");
        return new DataSetException(
            path,
            $"The label {path} holds {(counts.Count == 1 ? "a value that is" : "values that are")} no class: {named}; the first is {indices.Values[first]} at column {first % indices.Width}, row {first / indices.Width}. {_remedy}");
    }

    private static string Pixels(int count) => count == 1 ? "1 pixel" : $"{count:N0} pixels";
}
