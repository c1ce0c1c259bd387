namespace CACL.Data.Sampling;

/// <summary>How a view is made of one of a pair's two frames.</summary>
/// <param name="Box">The crop, in displayed pixels.</param>
/// <param name="Flip">Whether the view is mirrored left to right.</param>
/// <param name="ColourAugmentation">Colour augmentation (METHOD.md §2).</param>
/// <param name="RollY">The spatial roll's a: rows, a multiple of 8 in [0, S) (METHOD.md §3).</param>
/// <param name="RollX">The spatial roll's b: columns, a multiple of 8 in [0, S).</param>
public sealed record ViewPlan(CropBox Box, bool Flip, ColourAugmentation ColourAugmentation, int RollY, int RollX);

/// <summary>
/// Everything random about one sample (METHOD.md §1): a pure function of (seed, epoch, position, attempt).
/// </summary>
/// <param name="Epoch">Counted from 0.</param>
/// <param name="Position">Place in the epoch, counted from 0.</param>
/// <param name="Attempt">0, or the number of videos before this one that could not be decoded at this position.</param>
/// <param name="VideoId">Row of the catalogue.</param>
/// <param name="Frame">Index n of the first frame in presentation order.</param>
/// <param name="Stride">The second frame is n + stride; 0 for still images.</param>
/// <param name="View">The query network's view v, of frame n.</param>
/// <param name="ViewPlus">The key network's view v₊, of frame n + stride, with the same box and flip unless views are separate.</param>
/// <param name="EnqueuePixels">Distinct positions of the feature map (row-major) whose keys enter the pixel and cycle queues.</param>
public sealed record SamplePlan(
    int Epoch,
    int Position,
    int Attempt,
    long VideoId,
    int Frame,
    int Stride,
    ViewPlan View,
    ViewPlan ViewPlus,
    int[] EnqueuePixels);
