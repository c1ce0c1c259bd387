namespace CACL.Data.DataSets;

/// <summary>Opens labelled data sets.</summary>
public static class SegmentationDataSets
{
    /// <summary>The words that users write for the kinds.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<DataSetKind>().Select(Word)];

    /// <summary>Returns the word that users write for a kind: cityscapes, voc, folder.</summary>
    public static string Word(DataSetKind kind) => kind switch
    {
        DataSetKind.Cityscapes => "cityscapes",
        DataSetKind.Voc => "voc",
        DataSetKind.Folder => "folder",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Returns the kind that a word means, or null.</summary>
    public static DataSetKind? KindOf(string word)
    {
        foreach (var kind in Enum.GetValues<DataSetKind>())
        {
            if (Word(kind) == word) return kind;
        }

        return null;
    }

    /// <summary>Opens the data set in a folder; reads no image and no label.</summary>
    /// <param name="kind">Its layout.</param>
    /// <param name="root">Its folder.</param>
    /// <exception cref="DataSetException">The folder is missing or has another layout; the message says what was expected and what was
    /// found.</exception>
    public static ISegmentationDataSet Open(DataSetKind kind, string root)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        return OpenFiles(kind, root);
    }

    /// <inheritdoc cref="Open"/>
    internal static FileDataSet OpenFiles(DataSetKind kind, string root)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (!Directory.Exists(root))
            throw new DataSetException(root, $"There is no folder {root}; the data set of the kind {Word(kind)} should be in it.");
        return kind switch
        {
            DataSetKind.Cityscapes => CityscapesDataSet.Open(root),
            DataSetKind.Voc => VocDataSet.Open(root),
            DataSetKind.Folder => FolderDataSet.Open(root),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }
}
