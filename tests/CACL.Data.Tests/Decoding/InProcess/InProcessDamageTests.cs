using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.InProcess;

public sealed class InProcessDamageTests
{
    private const int Size = 32;

    private static readonly int Copies = LongTests.Wanted ? 60 : 20;

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.mkv")]
    [InlineData("clip.avi")]
    public void A_damaged_copy_gives_frames_or_a_fault_of_the_video_and_nothing_else(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        _ = name.EndsWith("avi", StringComparison.Ordinal) ? SmallClips.Avi(path) : SmallClips.OpenGop(path);
        var whole = File.ReadAllBytes(path);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        using var decoder = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        var before = prober.Probe(path, ExactnessCheck.Patience, TestContext.Current.CancellationToken);
        var (decoded, refused) = (0, 0);
        for (var seed = 0; seed < Copies; seed++)
        {
            File.WriteAllBytes(path, Damage(whole, new Random(seed)));
            Count(TryDecode(decoder, before));
            try
            {
                Count(TryDecode(decoder, prober.Probe(path, ExactnessCheck.Patience, TestContext.Current.CancellationToken)));
            }
            catch (VideoUnusableException)
            {
                refused++; // a fault of the video, which is the right answer to a damaged file
            }
        }

        Assert.True(decoded > 0 && refused > 0, $"{decoded} pairs were decoded, {refused} files or pairs refused.");

        void Count((int Decoded, int Refused) pairs) => (decoded, refused) = (decoded + pairs.Decoded, refused + pairs.Refused);
    }

    /// <summary>Truncates the file, flips bits, or overwrites a part with noise.</summary>
    private static byte[] Damage(byte[] whole, Random random)
    {
        var copy = (byte[])whole.Clone();
        switch (random.Next(3))
        {
            case 0:
                return copy[..random.Next(copy.Length)];
            case 1:
                for (var i = 0; i < 30; i++) copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
            default:
                random.NextBytes(copy.AsSpan(random.Next(copy.Length)) is { Length: > 2000 } rest ? rest[..2000] : copy.AsSpan(0, 500));
                return copy;
        }
    }

    private static (int Decoded, int Refused) TryDecode(InProcessPairDecoder decoder, VideoRecord record)
    {
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        var (decoded, refused) = (0, 0);
        var stride = Math.Min(8, record.Frames.Count - 1);
        for (var n = 0; n < record.Frames.Count - stride; n += 23)
        {
            try
            {
                decoder.Decode(
                    record, CropPlan.Whole(record, n, stride), Size, ExactnessCheck.Patience, first, second,
                    TestContext.Current.CancellationToken);
                decoded++;
            }
            catch (VideoUnusableException)
            {
                refused++;
            }
        }

        return (decoded, refused);
    }
}
