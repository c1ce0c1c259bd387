using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

public sealed class IsolatedProberTests
{
    [Fact]
    public void Every_made_video_has_the_row_that_the_in_process_prober_writes()
    {
        var names = MadeVideos.All().Keys.Where(name => MadeVideos.Of(name).IsVideo).ToArray();
        Assert.NotEmpty(names);
        var faults = names.SelectMany(name =>
            Differences(
                InstalledDecoders.Probe(DecoderKind.InProcess, name), InstalledDecoders.Probe(DecoderKind.Isolated, name))).ToArray();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    // The way in which the frames were counted may differ: ffprobe does not report everything that the libraries do.
    private static IEnumerable<string> Differences(VideoRecord expected, VideoRecord got)
    {
        var name = Path.GetFileName(got.Path);
        if (expected with { Frames = got.Frames, CountedBy = got.CountedBy } != got) yield return $"{name}: {expected} | {got}";
        if (expected.Frames with { Times = got.Frames.Times, KeyFrames = got.Frames.KeyFrames } != got.Frames)
            yield return $"{name}: {expected.Frames} | {got.Frames}";
        if (!expected.Frames.Times.SequenceEqual(got.Frames.Times)) yield return $"{name}: other times";
        if (!expected.Frames.KeyFrames.SequenceEqual(got.Frames.KeyFrames)) yield return $"{name}: other key frames";
    }
}
