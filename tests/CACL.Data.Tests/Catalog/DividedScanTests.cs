using CACL.Data.Catalog;
using CACL.Testing;

namespace CACL.Data.Tests.Catalog;

/// <summary>Tests scans of shares: that they divide the files, and that their catalogues joined are the scan of everything.</summary>
public sealed class DividedScanTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly List<string> _read = [];

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(7, 4)]
    [InlineData(40, 5)]
    public void Shares_divide_the_files_and_joined_are_the_scan_of_everything(int shares, int seed)
    {
        var videos = Tree(seed);
        var whole = _temporary.File("whole.db");
        var everything = Scan(whole, null, videos);
        var found = 0;
        foreach (var number in Enumerable.Range(1, shares))
        {
            var report = Scan(Share(number), new ScanShard(number, shares), videos);
            Assert.Equal(everything.Found, report.Found + report.OfOtherShards);
            found += report.Found;
        }

        Assert.Equal(everything.Found, found);
        var joined = _temporary.File("joined.db");
        var merged = CatalogMerge.Merge(joined, Shares(shares), cancel: TestContext.Current.CancellationToken);
        Assert.Equal(CatalogRows.Of(whole), CatalogRows.Of(joined));
        Assert.Equal((shares, everything.Usable, 0), (merged.Shards, merged.Usable, merged.Gone));
        using var catalog = VideoCatalog.OpenExisting(joined);
        Assert.True(catalog.IsScanned(new VideoRoots([videos])));
        Assert.Equal(everything.Found, Scan(joined, null, videos).Unchanged + Locked(everything));
    }

    [Fact]
    public void Which_share_a_file_is_in_depends_on_its_path_below_the_folder_alone()
    {
        var (one, other) = (Tree(1, "one"), Tree(1, "another/mount"));
        Scan(_temporary.File("a.db"), new ScanShard(2, 3), one);
        Scan(_temporary.File("b.db"), new ScanShard(2, 3), other);
        Assert.Equal(Names("a.db", one), Names("b.db", other));
        // Computed by other means: sha256 of the name, its first eight bytes modulo three, from one.
        var known = Directory.CreateDirectory(_temporary.File("known")).FullName;
        for (var i = 0; i < 6; i++) Clip(known, $"clip-000{i}.mp4");
        int[] expected = [2, 0, 4];
        for (var number = 1; number <= 3; number++)
            Assert.Equal(expected[number - 1], Scan(_temporary.File($"known-{number}.db"), new ScanShard(number, 3), known).Found);
    }

    [Fact]
    public void A_share_that_was_stopped_goes_on_where_it_was()
    {
        var videos = Tree(1);
        using var stop = new CancellationTokenSource();
        using (var catalog = VideoCatalog.Open(Share(1)))
        {
            var scanner = new VideoScanner(catalog, () => new LineProber(path =>
            {
                _read.Add(path);
                if (_read.Count == 12) stop.Cancel();
            }));
            var options = new ScanOptions { Parallelism = 1, BatchSize = 3, Shard = new ScanShard(1, 2) };
            Assert.Throws<OperationCanceledException>(() => scanner.Scan([videos], options, cancel: stop.Token));
        }

        Scan(Share(2), new ScanShard(2, 2), videos);
        var unfinished = Refused(Shares(2));
        Assert.Contains("Shard 1/2", unfinished, StringComparison.Ordinal);
        Assert.Contains("was not scanned to its end", unfinished, StringComparison.Ordinal);
        Assert.InRange(Scan(Share(1), new ScanShard(1, 2), videos).Unchanged, 3, 12);
        var whole = _temporary.File("whole.db");
        Scan(whole, null, videos);
        CatalogMerge.Merge(_temporary.File("joined.db"), Shares(2), cancel: TestContext.Current.CancellationToken);
        Assert.Equal(CatalogRows.Of(whole), CatalogRows.Of(_temporary.File("joined.db")));
    }

    [Fact]
    public void A_file_gets_a_filethat_comes_first_and_still_is_in_one_share()
    {
        var videos = Directory.CreateDirectory(_temporary.File("videos")).FullName;
        for (var i = 0; i < 20; i++) Clip(videos, $"b{i}.mp4");
        foreach (var number in (int[])[1, 2, 3]) Scan(Share(number), new ScanShard(number, 3), videos);
        for (var i = 0; i < 20; i++) SpecialFiles.SecondName($"{videos}/b{i}.mp4", $"{videos}/a{i}.mp4");
        var reports = Enumerable.Range(1, 3).Select(number => Scan(Share(number), new ScanShard(number, 3), videos)).ToArray();
        Assert.Equal(20, reports.Sum(report => report.Found));
        Assert.Equal(20, reports.Sum(report => report.Vanished));
        CatalogMerge.Merge(_temporary.File("joined.db"), Shares(3), cancel: TestContext.Current.CancellationToken);
        using var catalog = VideoCatalog.OpenExisting(_temporary.File("joined.db"));
        Assert.Equal(20, catalog.LoadUsable(9).Length);
    }

    [Fact]
    public void A_catalogue_is_scanned_for_what_it_is_and_nothing_else()
    {
        var (videos, more) = (Tree(1), Tree(2, "more"));
        Scan(Share(1), new ScanShard(1, 2), videos);
        var before = CatalogRows.Of(Share(1));
        Assert.Contains("holds shard 1/2 of a scan, not all", Refusal(null, videos), StringComparison.Ordinal);
        Assert.Contains("not shard 2/2", Refusal(new ScanShard(2, 2), videos), StringComparison.Ordinal);
        Assert.Contains("not shard 1/3", Refusal(new ScanShard(1, 3), videos), StringComparison.Ordinal);
        Assert.Contains("of other folders", Refusal(new ScanShard(1, 2), more), StringComparison.Ordinal);
        Assert.Equal(before, CatalogRows.Of(Share(1)));
        using (var catalog = VideoCatalog.OpenExisting(Share(1))) Assert.False(catalog.IsScanned(new VideoRoots([videos])));

        Scan(_temporary.File("whole.db"), null, videos);
        var whole = Assert.Throws<CatalogException>(() => Scan(_temporary.File("whole.db"), new ScanShard(1, 2), videos)).Message;
        Assert.Contains("is not divided", whole, StringComparison.Ordinal);

        string Refusal(ScanShard? shard, string root) => Assert.Throws<CatalogException>(() => Scan(Share(1), shard, root)).Message;
    }

    [Theory]
    [InlineData("1/1", true)]
    [InlineData("4/4", true)]
    [InlineData("1000/1000", true)]
    [InlineData("0/4", false)]
    [InlineData("5/4", false)]
    [InlineData("1/1001", false)]
    [InlineData("-1/4", false)]
    [InlineData("1", false)]
    [InlineData("1/2/3", false)]
    [InlineData(" 1/2", false)]
    [InlineData("a/b", false)]
    [InlineData("1/99999999999", false)]
    public void A_share_is_two_whole_numbers(string text, bool isOne)
    {
        Assert.Equal(isOne, ScanShard.TryParse(text, out var shard));
        Assert.Equal(isOne ? text : null, shard?.ToString());
    }

    // Files of all kinds: odd names, several depths, unusable ones, several names of one file, links out of the folder and within it.
    private string Tree(int seed, string name = "videos")
    {
        var (random, root) = (new Random(seed), Directory.CreateDirectory(_temporary.File(name)).FullName);
        var outside = Directory.CreateDirectory(_temporary.File($"outside {Path.GetFileName(name)}")).FullName;
        string[] folders = ["", "a", "a/b", "ä", "日本", "class 1"];
        for (var i = 0; i < 60; i++)
        {
            var content = random.Next(8) switch { 0 => "bad", 1 => "unreadable", 2 => "", _ => $"{random.Next(5, 40)} frames" };
            var file = $"{(i % 5 == 0 ? "\U0001F3A5" : "ｖ")}{i}.{(i % 4 == 0 ? "jpg" : "mp4")}";
            Clip(root, $"{folders[random.Next(folders.Length)]}/{file}", content);
        }

        for (var i = 0; i < 5; i++)
        {
            Clip(outside, $"linked/{i}.mp4");
            Clip(root, $"named {i}.mp4");
            SpecialFiles.SecondName($"{root}/named {i}.mp4", $"{root}/a/name {9 - i}.mp4");
            File.CreateSymbolicLink($"{root}/single {i}.mp4", Clip(outside, $"single/{i}.mp4"));
            File.CreateSymbolicLink($"{root}/within {i}.mp4", $"{root}/named {i}.mp4");
        }

        Directory.CreateSymbolicLink($"{root}/link", $"{outside}/linked");
        File.CreateSymbolicLink($"{root}/nowhere.mp4", "/nowhere/at/all.mp4");
        File.WriteAllText($"{root}/notes.md", "");
        return root;
    }

    private static string Clip(string folder, string name, string content = "20 frames")
    {
        var path = Path.Combine(folder, name.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(20_000));
        return path;
    }

    private static ScanReport Scan(string file, ScanShard? shard, params string[] roots)
    {
        using var catalog = VideoCatalog.Open(file);
        return new VideoScanner(catalog, () => new LineProber(_ => { })).Scan(
            roots, new ScanOptions { Parallelism = 2, BatchSize = 7, Shard = shard }, cancel: TestContext.Current.CancellationToken);
    }

    // These are read at every scan.
    private static int Locked(ScanReport report) =>
        report.Unusable.TryGetValue(UnusableReason.Unreadable, out var files) ? files.Count : 0;

    private string[] Names(string file, string root)
    {
        using var catalog = VideoCatalog.OpenExisting(_temporary.File(file));
        return [.. catalog.List().Select(video => Path.GetRelativePath(root, video.Path))];
    }

    private string Refused(string[] shares) =>
        Assert.Throws<CatalogException>(() => CatalogMerge.Merge(_temporary.File("refused.db"), shares)).Message;

    private string Share(int number) => _temporary.File($"share-{number}.db");

    private string[] Shares(int count) => [.. Enumerable.Range(1, count).Select(Share)];
}
