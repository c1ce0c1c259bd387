using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.Selection;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>Tests what every prober and every decoder guarantees for every video, against a sequential decode of made videos.</summary>
public abstract class MadeVideoContract
{
    public static TheoryData<string> Videos => [.. MadeVideos.Names];

    public static TheoryData<string> Others => [.. MadeVideos.NamesOfOthers];

    /// <summary>The kind of decoder under test.</summary>
    protected abstract DecoderKind Kind { get; }

    /// <summary>Maximum number of pairs of a video that are compared.</summary>
    protected abstract int Pairs { get; }

    /// <summary>Whether a video is left to the long tests.</summary>
    protected virtual bool IsLong(string name) => false;

    /// <summary>Does something with a decoder.</summary>
    protected virtual string[] With(Func<IPairDecoder, string[]> what)
    {
        ArgumentNullException.ThrowIfNull(what);
        using var decoder = InstalledDecoders.Of(Kind).CreateDecoder();
        return what(decoder);
    }

    [Theory]
    [MemberData(nameof(Videos))]
    public void A_video_has_the_frames_the_size_and_the_pixels_of_a_sequential_decode(string name)
    {
        if (IsLong(name)) LongTests.Only("The same of all videos");
        MadeVideos.All();
        var (video, truth, record) = (MadeVideos.Of(name), MadeVideoTruth.Of(name), InstalledDecoders.Probe(Kind, name));
        Assert.Equal(
            (video.Stream, truth.Width, truth.Height, truth.Frames.Count),
            (record.StreamIndex, record.Width, record.Height, record.Frames.Count));
        var times = record.Frames.Times;
        if (record.Frames.Seekable) Each.Holds(times.Zip(times.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        var faults = With(decoder => ExactnessCheck.Faults(decoder, record, 8, Pairs, truth.Frames).ToArray());
        Assert.True(faults.Length == 0, $"{name} ({video.What}): {string.Join('\n', faults)}");
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void What_is_no_video_is_refused_with_a_sentence_that_names_it(string name)
    {
        var path = MadeVideos.Path(name);
        var fault = Assert.Throws<VideoUnusableException>(() => InstalledDecoders.Probe(Kind, name));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
        UnusableReason[] reasons =
            [UnusableReason.NotAVideo, UnusableReason.Unreadable, UnusableReason.Corrupt, UnusableReason.TooLarge];
        Assert.Contains(fault.Reason, reasons);
    }
}
