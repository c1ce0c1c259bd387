using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;

namespace CACL.Data.Tests.Decoding.InProcess;

public sealed class InProcessProberTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Every_decodable_torture_file_has_the_frames_size_and_rotation_of_its_manifest()
    {
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        var faults = new List<string>();
        foreach (var file in TortureFile.All().Where(file => file.Frames is not null))
        {
            var record = prober.Probe(file.Path, Patience, TestContext.Current.CancellationToken);
            var (width, height) = file.Rotation is 90 or 270 ? (file.CodedHeight, file.CodedWidth) : (file.CodedWidth, file.CodedHeight);
            var orientation = new DisplayOrientation(file.Rotation, Mirrored: false);
            if ((record.Frames.Count, record.Orientation, record.Width, record.Height) != (file.Frames, orientation, width, height))
            {
                faults.Add($"{file.Name}: {record.Frames.Count} frames, {record.Width}×{record.Height}, {record.Orientation}, "
                    + $"counted by {record.CountedBy}; "
                    + $"expected {file.Frames}, {width}×{height}, {file.Rotation}°");
            }

            if (record.Frames.Seekable) Assert.All(record.Frames.Times.Zip(record.Frames.Times.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Every_unusable_torture_file_is_refused_with_a_sentence_that_names_it()
    {
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        foreach (var file in TortureFile.All().Where(file => file.Frames is null))
        {
            var fault = Assert.Throws<VideoUnusableException>(() => prober.Probe(file.Path, Patience, TestContext.Current.CancellationToken));
            Assert.Contains(file.Path, fault.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
            Assert.Contains(fault.Reason, new[] { UnusableReason.NotAVideo, UnusableReason.Unreadable, UnusableReason.Corrupt });
        }
    }
}
