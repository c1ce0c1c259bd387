using CACL.Data.DataSets.Png;
using CACL.Data.Wording;

namespace CACL.Data.DataSets;

/// <summary>What the numbers in label files mean: a class, ignored pixels, or neither, which is a fault.</summary>
internal sealed class LabelCodes
{
    private const short Undeclared = -1;
    private const int MostNamed = 5;

    private readonly short[] _meaning = new short[ushort.MaxValue + 1];
    private readonly string _remedy;
    private readonly Func<int, bool>? _doubtful;

    /// <summary>Creates the codes from a meaning for each number.</summary>
    /// <param name="meaning">Returns the class, <see cref="LabelMap.Ignored"/>, or null where the number must not occur.</param>
    /// <param name="remedy">Sentences that say which numbers may occur, and what to do about others.</param>
    /// <param name="doubtful">Numbers that have a meaning, but do not occur in a sound file.</param>
    public LabelCodes(Func<int, int?> meaning, string remedy, Func<int, bool>? doubtful = null)
    {
        for (var value = 0; value < _meaning.Length; value++) _meaning[value] = (short)(meaning(value) ?? Undeclared);
        _remedy = remedy;
        _doubtful = doubtful;
    }

    /// <summary>Maps a label's numbers to classes.</summary>
    /// <exception cref="DataSetException">The label contains a number that must not occur. The message names such numbers, how many pixels
    /// have them, and where the first is.</exception>
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

    /// <summary>Returns a fault if the label has numbers that are ignored although no sound file contains them, or null.</summary>
    public DataSetException? Doubt(IndexMap indices, string path)
    {
        if (_doubtful is null) return null;
        var first = Array.FindIndex(indices.Values, value => _doubtful(value));
        return first < 0
            ? null
            : new DataSetException(path, $"The label {path} holds {Found(indices, _doubtful, first)}; such pixels are left out. {_remedy}");
    }

    private DataSetException Fault(IndexMap indices, int first, string path) =>
        new(path, $"The label {path} holds {Found(indices, value => _meaning[value] == Undeclared, first)}. {_remedy}");

    private static string Found(IndexMap indices, Func<int, bool> faulty, int first)
    {
        var counts = new SortedDictionary<int, int>();
        foreach (var value in indices.Values)
        {
            if (faulty(value)) counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        var named = string.Join(", ", counts.Take(MostNamed).Select(c => $"{c.Key} ({Counted.Of(c.Value, "pixel")})"));
        var more = counts.Count > MostNamed ? $" and {counts.Count - MostNamed:N0} more" : "";
        return $"{(counts.Count == 1 ? "a value that is" : "values that are")} no class: {named}{more}; the first is "
            + $"{indices.Values[first]} at column {first % indices.Width}, row {first / indices.Width}";
    }
}
