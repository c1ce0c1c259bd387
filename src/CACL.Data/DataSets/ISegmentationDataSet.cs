namespace CACL.Data.DataSets;

/// <summary>Images with a class for every pixel, in splits. Immutable; several threads may read it at once.</summary>
public interface ISegmentationDataSet
{
    /// <summary>Its layout on disk.</summary>
    DataSetKind Kind { get; }

    /// <summary>Its folder, absolute.</summary>
    string Root { get; }

    /// <summary>The classes; a label's value is an index into them.</summary>
    IReadOnlyList<ClassInfo> Classes { get; }

    /// <summary>The splits on disk that have both images and labels.</summary>
    IReadOnlyList<string> Splits { get; }

    /// <summary>
    /// The split on which a classifier is trained unless another is named: train, or VOC's trainaug where its list and labels are there.
    /// </summary>
    string DefaultTrainSplit { get; }

    /// <summary>The split that is scored unless another is named: val.</summary>
    string DefaultTestSplit { get; }

    /// <summary>Returns the pairs of a split, ordered by name (ordinal).</summary>
    /// <exception cref="DataSetException">The split is missing or empty, or an image or a label lacks its counterpart.</exception>
    IReadOnlyList<SegmentationItem> Items(string split);

    /// <summary>Reads an image.</summary>
    /// <exception cref="DataSetException">The file cannot be read.</exception>
    RgbImage ReadImage(SegmentationItem item);

    /// <summary>Reads a label.</summary>
    /// <exception cref="DataSetException">The file cannot be read, contains colours instead of class indices, or contains a value that is
    /// no class.</exception>
    LabelMap ReadLabels(SegmentationItem item);

    /// <summary>Reads an image and its label.</summary>
    /// <exception cref="DataSetException">As for either, or their sizes differ.</exception>
    (RgbImage Image, LabelMap Labels) ReadPair(SegmentationItem item);
}
