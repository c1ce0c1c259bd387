using CACL.Data.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>Cancels decodes that are processes of ffmpeg, and looks for what is left of them.</summary>
public sealed class CancelledProcessTests : IDisposable
{
    private const int Size = 48, Cancels = 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cancelled_requests_leave_no_ffmpeg()
    {
        var cancel = TestContext.Current.CancellationToken;
        var clip = SmallClips.BFrames(_folder.File("clip.mp4"));
        using var prober = new IsolatedProber(InstalledProgram.Ffmpeg);
        var record = prober.Probe(clip, ExactnessCheck.Patience, cancel);
        record = record with { Frames = record.Frames with { Seekable = false } }; // counted from the start: one process after another
        using var decoder = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        var (seen, cancelled) = (new HashSet<int>(), 0);
        for (var i = 0; i < Cancels; i++)
        {
            using var source = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var decoding = Task.Run(
                () => decoder.Decode(record, CropPlan.Whole(record, 60, 8), Size, ExactnessCheck.Patience, first, second, source.Token),
                cancel);
            if (i % 2 == 0)
            {
                // While its ffmpeg reads the file.
                Eventually.Holds(() => ReadersOf(clip).Count > 0 || decoding.IsCompleted);
                seen.UnionWith(ReadersOf(clip));
                source.Cancel();
            }
            else
            {
                source.CancelAfter(TimeSpan.FromMilliseconds(10 * (i % 7)));
            }

            if (Record.Exception(() => decoding.GetAwaiter().GetResult()) is not { } end) continue;
            Assert.IsAssignableFrom<OperationCanceledException>(end);
            cancelled++;
        }

        Assert.InRange(cancelled, Cancels / 4, Cancels);
        Assert.InRange(seen.Count, Cancels / 4, int.MaxValue);
        Eventually.Holds(() => ReadersOf(clip).Count == 0);
        // One that has ended, and for which nobody has waited, has a folder there, too.
        Eventually.Holds(() => !seen.Any(id => Directory.Exists($"/proc/{id}")));
    }

    /// <summary>The processes that have a file's path among their arguments.</summary>
    private static List<int> ReadersOf(string file)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(file, StringComparison.Ordinal)) found.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }
}
