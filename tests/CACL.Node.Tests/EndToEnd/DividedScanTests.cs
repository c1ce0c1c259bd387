using CACL.Data.Catalog;
using CACL.Node.Ending;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Tests scans of real clips in shares, each by a process of its own, and merges that are killed.</summary>
public sealed class DividedScanTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Kill = 9;
    private const int Rows = 60_000;
    private const string Invented = "/invented/videos";

    [Fact]
    public void Real_clips_scanned_in_shares_and_joined_are_trained_on_as_if_scanned_at_once()
    {
        MadeClips.Require();
        var joined = runs.Folder("joined.sqlite");
        string[] shares = [.. Enumerable.Range(1, 3).Select(number => runs.Folder($"clips-{number}.sqlite"))];
        for (var number = 1; number <= 3; number++)
        {
            var (exit, output) = CaclProcess.Run(
                "videos", "scan", runs.Clips, "--shard", $"{number}/3", "--catalog", shares[number - 1]);
            Assert.True(exit == 0, output);
            Assert.Contains("files were left to other shards", output, StringComparison.Ordinal);
        }

        var refused = CaclProcess.Run(runs.Train(
            runs.Folder("refused"), "--set", "cacl.training.max-steps=1", "--set", $"cacl.data.catalog=\"{shares[0]}\""));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Join the catalogues of all shards: cacl videos merge", refused.Output, StringComparison.Ordinal);

        var missing = CaclProcess.Run("videos", "merge", joined, shares[0], shares[2]);
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains("Of 3 shards one is missing: 2.", missing.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(joined));

        var merged = CaclProcess.Run(["videos", "merge", joined, .. shares]);
        Assert.True(merged.ExitCode == 0, merged.Output);
        Assert.Contains("3 shards joined: 12 files, 12 usable, 0 not", merged.Output, StringComparison.Ordinal);
        var whole = runs.Folder("whole.sqlite");
        CaclProcess.AssertSuccess(CaclProcess.Run("videos", "scan", runs.Clips, "--catalog", whole));
        Assert.Equal(Listed(whole), Listed(joined));
        var trained = CaclProcess.Run(runs.Train(
            runs.Folder("trained"), "--set", "cacl.training.max-steps=1", "--set", $"cacl.data.catalog=\"{joined}\""));
        Assert.True(trained.ExitCode == 0, trained.Output);
        Assert.DoesNotContain("Scanning", trained.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_merge_that_is_killed_leaves_the_catalogue_as_it_was(bool isThere)
    {
        var (folder, name) = (Directory.CreateDirectory(runs.Folder($"killed-{isThere}")).FullName, "all.sqlite");
        var target = Path.Combine(folder, name);
        if (isThere)
        {
            using var old = VideoCatalog.Open(target);
            old.UpsertBatch([Video(3), Video(Rows + 1)]);
        }

        string[] shares = [Path.Combine(folder, "1.sqlite"), Path.Combine(folder, "2.sqlite")];
        for (var number = 1; number <= 2; number++) Fill(shares[number - 1], new ScanShard(number, 2));
        using (var merge = CaclProcess.Start(["videos", "merge", target, .. shares, "--root", Invented]))
        {
            merge.Until(() => IsWriting(folder, isThere ? name + "-wal" : ".incomplete-*"));
            merge.Signal(Kill);
            Assert.Equal(128 + Kill, merge.WaitForExit());
        }

        Assert.Equal(isThere, File.Exists(target));
        if (isThere) Assert.Equal([$"{Invented}/000003.mp4", $"{Invented}/{Rows + 1:000000}.mp4"], Listed(target));

        var (exit, output) = CaclProcess.Run(["videos", "merge", target, .. shares, "--root", Invented]);
        Assert.True(exit == ExitCodes.Success, output);
        Assert.Equal(Rows, Listed(target).Length);
    }

    private static bool IsWriting(string folder, string pattern) =>
        Directory.GetFiles(folder, pattern).Any(file => new FileInfo(file).Length > 1 << 20);

    private void Fill(string file, ScanShard shard)
    {
        using var catalog = VideoCatalog.Open(file);
        // Of an empty folder, so that the catalogue is this share's.
        new VideoScanner(catalog, () => throw new InvalidOperationException("There is nothing to read.")).Scan(
            [Directory.CreateDirectory(runs.Folder("nothing")).FullName], new ScanOptions { Shard = shard },
            cancel: TestContext.Current.CancellationToken);
        catalog.UpsertBatch([.. Enumerable.Range(0, Rows).Where(row => row % 2 == shard.Number - 1).Select(Video)]);
    }

    private static CatalogEntry Video(int row)
    {
        var path = $"{Invented}/{row:000000}.mp4";
        var frames = new FrameIndex(1, 25, [.. Enumerable.Range(0, 20).Select(frame => (long)frame)], [0], Seekable: true);
        return CatalogEntry.Usable(path, 1, 1, new VideoRecord(path, 0, "h264", 64, 64, default, 0, CountedBy.Packets, frames));
    }

    private static string[] Listed(string file)
    {
        using var catalog = VideoCatalog.OpenExisting(file);
        return [.. catalog.List().Select(video => video.Path)];
    }
}
