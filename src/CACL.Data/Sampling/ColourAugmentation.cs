namespace CACL.Data.Sampling;

/// <summary>
/// The colour augmentation of one view (METHOD.md §2): colour jitter, grey, blur. A value is drawn even where its switch is off.
/// </summary>
/// <param name="Jitter">Whether the four operations of colour jitter are applied.</param>
/// <param name="Brightness">Factor.</param>
/// <param name="Contrast">Factor.</param>
/// <param name="Saturation">Factor.</param>
/// <param name="Hue">Shift in turns.</param>
/// <param name="Order">Order of the four: 0 brightness, 1 contrast, 2 saturation, 3 hue.</param>
/// <param name="Gray">Whether the view becomes grey.</param>
/// <param name="Blur">Whether the view is blurred.</param>
/// <param name="Sigma">Standard deviation of the blur, pixels.</param>
public readonly record struct ColourAugmentation(
    bool Jitter,
    float Brightness,
    float Contrast,
    float Saturation,
    float Hue,
    JitterOrder Order,
    bool Gray,
    bool Blur,
    float Sigma)
{
    /// <summary>Whether the view is solarised at the end: what is brighter than half becomes its negative.</summary>
    public bool Solarise { get; init; }
}

/// <summary>The order of colour jitter's four operations: 0 brightness, 1 contrast, 2 saturation, 3 hue.</summary>
/// <param name="First">Applied first.</param>
/// <param name="Second">Applied second.</param>
/// <param name="Third">Applied third.</param>
/// <param name="Fourth">Applied last.</param>
public readonly record struct JitterOrder(byte First, byte Second, byte Third, byte Fourth)
{
    /// <summary>The operation applied at <paramref name="place"/> (0 to 3).</summary>
    public byte this[int place] => place switch
    {
        0 => First,
        1 => Second,
        2 => Third,
        3 => Fourth,
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "There are four operations, 0 to 3."),
    };
}
