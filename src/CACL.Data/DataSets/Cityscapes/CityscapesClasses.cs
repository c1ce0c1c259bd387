namespace CACL.Data.DataSets;

/// <summary>
/// The 19 classes that Cityscapes scores, with its colours, and the meaning of the numbers in its label files (METHOD.md §8).
/// </summary>
internal static class CityscapesClasses
{
    private const int LastLabelId = 33;

    /// <summary>The classes, in the order of the training ids.</summary>
    public static IReadOnlyList<ClassInfo> All { get; } =
    [
        new("road", 128, 64, 128),
        new("sidewalk", 244, 35, 232),
        new("building", 70, 70, 70),
        new("wall", 102, 102, 156),
        new("fence", 190, 153, 153),
        new("pole", 153, 153, 153),
        new("traffic light", 250, 170, 30),
        new("traffic sign", 220, 220, 0),
        new("vegetation", 107, 142, 35),
        new("terrain", 152, 251, 152),
        new("sky", 70, 130, 180),
        new("person", 220, 20, 60),
        new("rider", 255, 0, 0),
        new("car", 0, 0, 142),
        new("truck", 0, 0, 70),
        new("bus", 0, 60, 100),
        new("train", 0, 80, 100),
        new("motorcycle", 0, 0, 230),
        new("bicycle", 119, 11, 32),
    ];

    /// <summary>The codes of the files _gtFine_labelIds.png: 34 ids, of which 19 are scored; METHOD.md ignores all others.</summary>
    public static LabelCodes LabelIds { get; } = new(
        value => value switch
        {
            7 => 0,
            8 => 1,
            11 => 2,
            12 => 3,
            13 => 4,
            17 => 5,
            >= 19 and <= 28 => value - 13,
            >= 31 and <= LastLabelId => value - 15,
            <= byte.MaxValue => LabelMap.Ignored,
            _ => null,
        },
        $"Files _gtFine_labelIds.png hold ids from 0 to {LastLabelId}; larger numbers are instances (_gtFine_instanceIds.png). Take the "
            + "original file.",
        doubtful: value => value is > LastLabelId and < byte.MaxValue);

    /// <summary>The codes of the files _gtFine_labelTrainIds.png, which are the classes themselves.</summary>
    public static LabelCodes TrainIds { get; } = new(
        value => value < All.Count ? value : value == LabelMap.Ignored ? LabelMap.Ignored : null,
        $"Files _gtFine_labelTrainIds.png hold the classes 0 to {All.Count - 1}, and 255 for pixels left out. If these are label ids, "
            + "name the file _gtFine_labelIds.png.");
}
