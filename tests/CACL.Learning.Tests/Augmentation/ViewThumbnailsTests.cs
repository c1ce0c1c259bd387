using CACL.Learning.Augmentation;
using CACL.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Augmentation;

public sealed class ViewThumbnailsTests
{
    private const int Side = 16;

    public ViewThumbnailsTests() => LibTorchLoader.Load();

    [Fact]
    public void A_view_that_is_small_enough_is_shown_as_it_is()
    {
        using var views = Of(3);
        var (side, pairs) = ViewThumbnails.Of(views, most: 2, side: 100);
        Assert.Equal((Side, 2), (side, pairs.Count));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(Bytes(i, 0), pairs[i].View);
            Assert.Equal(Bytes(i, 1), pairs[i].ViewPlus);
        }
    }

    [Fact]
    public void A_larger_one_is_shown_by_the_means_of_its_pixels()
    {
        using var views = Of(1);
        var (side, pairs) = ViewThumbnails.Of(views, most: 8, side: 4);
        Assert.Equal(4, side);
        var bytes = Bytes(0, 0);
        for (var place = 0; place < 4 * 4 * 3; place++)
        {
            var (y, x, c) = (place / 12, place / 3 % 4, place % 3);
            var mean = Enumerable.Range(0, 16).Average(i => bytes[(((((y * 4) + (i / 4)) * Side) + (x * 4) + (i % 4)) * 3) + c]);
            Assert.InRange(pairs[0].View[place], mean - 0.51, mean + 0.51);
        }
    }

    [Fact]
    public void Looking_changes_nothing_and_leaves_no_tensor_behind()
    {
        using var views = Of(2);
        using var before = views.View.clone();
        ViewThumbnails.Of(views, 2, 8);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        ViewThumbnails.Of(views, 2, 8);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(before.Equals(views.View));
    }

    private static byte[] Bytes(int sample, int view) =>
        [.. Enumerable.Range(0, Side * Side * 3).Select(i => (byte)((i * 37) + (sample * 101) + (view * 53)))];

    // Returns a view that augmentation does not change: [B,3,S,S], normalised, channels last in memory.
    private static Views Of(int count)
    {
        using var scope = NewDisposeScope();
        Tensor View(int view)
        {
            var bytes = tensor(Enumerable.Range(0, count).SelectMany(i => Bytes(i, view)).ToArray(), [count, Side, Side, 3]);
            var mean = tensor(new[] { 0.485f, 0.456f, 0.406f });
            var deviation = tensor(new[] { 0.229f, 0.224f, 0.225f });
            return bytes.to(ScalarType.Float32).div(255).sub(mean).div(deviation).permute(0, 3, 1, 2);
        }

        return new Views(View(0).DetachFromDisposeScope(), View(1).DetachFromDisposeScope(), [], [], [], []);
    }
}
