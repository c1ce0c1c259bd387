using CACL.Learning.Methods;
using CACL.Node.Settings;
using CACL.Testing;
using CsCheck;

namespace CACL.Node.Tests.Settings;

public sealed class QueueAdviceTests
{
    [Fact]
    public void A_queue_longer_than_the_videos_are_many_is_named_with_its_false_negatives()
    {
        var warning = Assert.Single(QueueAdvice.Warnings([Frames(16384)], pixels: 16, videos: 195));
        Assert.Equal(
            "The global head's queue of 16,384 rows holds 16,384 frames, but there are only 195 videos: of a pair's negatives, some 84 rows "
                + "(K/N) come from its own video and are false ones. cacl.model.queue-sizes.global = 128 or less suits these videos",
            warning);
    }

    [Fact]
    public void A_queue_of_pixels_counts_by_its_frames()
    {
        Assert.Empty(QueueAdvice.Warnings([Pixels(2048)], pixels: 16, videos: 128));
        var warning = Assert.Single(QueueAdvice.Warnings([Pixels(16384)], pixels: 16, videos: 195));
        Assert.Contains("holds 1,024 frames (16 rows of each)", warning, StringComparison.Ordinal);
        Assert.Contains("cacl.model.queue-sizes.pixel = 2048 or less", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_length_that_is_advised_suits_and_twice_of_it_does_not() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 64]).Sample((videos, pixels) =>
        {
            var rows = videos * pixels;
            var queue = Pixels(checked(rows + pixels));
            var words = Assert.Single(QueueAdvice.Warnings([queue], pixels, videos)).Split(' ');
            var advised = int.Parse(words[Array.IndexOf(words, "=") + 1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Empty(QueueAdvice.Warnings([Pixels(advised)], pixels, videos));
            Assert.True(advised * 2L > rows);
        });

    public static TheoryData<string> Methods => [.. KnownMethods.All.Select(method => method.Word)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void What_is_advised_can_be_set_for_every_method_and_helps(string method)
    {
        const int Videos = 100;
        List<string> settings = [$"cacl.method={method}", "cacl.training.batch-size=8", "cacl.model.queue-size=4096"];
        var before = Warnings();
        Assert.Equal(method is "simclr" or "byol" or "pixpro", before.Count == 0);
        foreach (var warning in before)
        {
            var words = warning.Split(' ');
            var at = Array.IndexOf(words, "=");
            settings.Add($"{words[at - 1]}={words[at + 1]}");
        }

        Assert.Empty(Warnings());

        List<string> Warnings()
        {
            var run = ConfigurationFiles.Load([], settings, new Dictionary<string, string>()).Settings;
            return [.. QueueAdvice.Warnings(run.ToMethod().Describe().Queues, run.Model.EnqueuePixels, Videos)];
        }
    }

    [Fact]
    public void Every_queue_is_judged_by_itself() =>
        Each.Holds(
            QueueAdvice.Warnings([Frames(64), Pixels(64 * 32), Frames(512)], pixels: 16, videos: 100),
            warning => Assert.StartsWith(
                warning.Contains("512", StringComparison.Ordinal) ? "The global" : "The pixel", warning, StringComparison.Ordinal));

    private static QueueSpec Frames(int rows) => new("global", rows, 128, QueueRows.OneAPair);

    private static QueueSpec Pixels(int rows) => new("pixel", rows, 128, QueueRows.ChosenPixels);
}
