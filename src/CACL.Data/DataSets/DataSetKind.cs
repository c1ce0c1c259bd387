namespace CACL.Data.DataSets;

/// <summary>How a labelled data set lies on disk (METHOD.md §8).</summary>
public enum DataSetKind
{
    /// <summary><c>leftImg8bit/SPLIT/CITY</c> and <c>gtFine/SPLIT/CITY</c>; 19 classes.</summary>
    Cityscapes,

    /// <summary>
    /// <c>JPEGImages</c>, <c>SegmentationClass</c> or <c>SegmentationClassAug</c>, lists in <c>ImageSets/Segmentation</c>; 21 classes.
    /// </summary>
    Voc,

    /// <summary><c>images/SPLIT</c>, <c>labels/SPLIT</c>, <c>classes.txt</c>.</summary>
    Folder,
}
