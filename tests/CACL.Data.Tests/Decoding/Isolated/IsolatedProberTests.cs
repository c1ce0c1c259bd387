using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Tests.Decoding.InProcess;

namespace CACL.Data.Tests.Decoding.Isolated;

public sealed class IsolatedProberTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Every_torture_file_gives_the_row_that_the_in_process_prober_writes_or_a_reason()
    {
        using var isolated = new IsolatedProber(InstalledProgram.Ffmpeg);
        using var inProcess = new InProcessProber(InstalledFfmpeg.Libraries);
        var faults = new List<string>();
        foreach (var file in TortureFile.All())
        {
            if (file.Frames is { } frames) faults.AddRange(Differences(Probe(inProcess, file.Path), Probe(isolated, file.Path), frames));
            else faults.AddRange(RefusalFaults(isolated, file.Path));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static VideoRecord Probe(IVideoProber prober, string path) => prober.Probe(path, Patience, TestContext.Current.CancellationToken);

    // How the frames were counted may differ: ffprobe does not tell everything that the libraries do.
    private static IEnumerable<string> Differences(VideoRecord expected, VideoRecord got, int frames)
    {
        var name = Path.GetFileName(got.Path);
        if (got.Frames.Count != frames) yield return $"{name}: {got.Frames.Count} frames, the manifest says {frames}";
        if (expected with { Frames = got.Frames, CountedBy = got.CountedBy } != got) yield return $"{name}: {expected} | {got}";
        if (expected.Frames with { Times = got.Frames.Times, KeyFrames = got.Frames.KeyFrames } != got.Frames)
            yield return $"{name}: {expected.Frames} | {got.Frames}";
        if (!expected.Frames.Times.SequenceEqual(got.Frames.Times)) yield return $"{name}: other times";
        if (!expected.Frames.KeyFrames.SequenceEqual(got.Frames.KeyFrames)) yield return $"{name}: other key frames";
    }

    private static IEnumerable<string> RefusalFaults(IVideoProber prober, string path)
    {
        VideoUnusableException? refusal = null;
        try
        {
            Probe(prober, path);
        }
        catch (VideoUnusableException error)
        {
            refusal = error;
        }

        if (refusal is null) yield return $"{path}: was not refused";
        else if (!refusal.Message.Contains(path, StringComparison.Ordinal) || !refusal.Message.EndsWith('.')) yield return refusal.Message;
        else if (refusal.Reason is not (UnusableReason.NotAVideo or UnusableReason.Unreadable or UnusableReason.Corrupt))
            yield return $"{path}: {refusal.Reason}";
    }
}
