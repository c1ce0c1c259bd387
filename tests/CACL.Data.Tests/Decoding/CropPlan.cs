using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Tests.Decoding;

/// <summary>Makes plans for decoders, which use only frames and boxes.</summary>
internal static class CropPlan
{
    /// <summary>Returns a plan of frame n and frame n + stride, with one box for both or one each.</summary>
    public static SamplePlan Of(int frame, int stride, CropBox box, CropBox? boxPlus = null) =>
        new(Epoch: 0, Position: 0, Attempt: 0, VideoId: 0, frame, stride, View(box), View(boxPlus ?? box), EnqueuePixels: []);

    /// <summary>Returns a plan of two whole frames.</summary>
    public static SamplePlan Whole(VideoRecord video, int frame, int stride) =>
        Of(frame, stride, new CropBox(0, 0, video.Width, video.Height));

    private static ViewPlan View(CropBox box) => new(box, Flip: false, default, RollY: 0, RollX: 0);
}
