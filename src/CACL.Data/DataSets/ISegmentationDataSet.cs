namespace CACL.Data.DataSets;

/// <summary>Images with a class for every pixel, in splits. Immutable; may be read by several threads at once.</summary>
public interface ISegmentationDataSet
{
    /// <summary>How it lies on disk.</summary>
    DataSetKind Kind { get; }

    /// <summary>Its folder, absolute.</summary>
    string Root { get; }

    /// <summary>The classes; a label's value is an index into them.</summary>
    IReadOnlyList<ClassInfo> Classes { get; }

    /// <summary>The splits on disk that have images and labels.</summary>
    IReadOnlyList<string> Splits { get; }

    /// <summary>
    /// What a classifier is trained on unless another is named: train; VOC's trainaug where its list and labels are there.
    /// </summary>
    string DefaultTrainSplit { get; }

    /// <summary>What is scored unless another is named: val.</summary>
    string DefaultTestSplit { get; }

    /// <summary>The pairs of a split, ordered by name (ordinal).</summary>
    /// <exception cref="DataSetException">The split is missing or empty, or an image or a label lacks its other half.</exception>
    IReadOnlyList<SegmentationItem> Items(string split);

    /// <summary>Reads an image.</summary>
    /// <exception cref="DataSetException">The file cannot be read.</exception>
    RgbImage ReadImage(SegmentationItem item);

    /// <summary>Reads a label.</summary>
    /// <exception cref="DataSetException">The file cannot be read, holds colours in place of class indices, or a value that is no
    /// class.</exception>
    LabelMap ReadLabels(SegmentationItem item);

    /// <summary>Reads both.</summary>
    /// <exception cref="DataSetException">As for each, or their sizes differ.</exception>
    (RgbImage Image, LabelMap Labels) ReadPair(SegmentationItem item);
}
