using System.Collections.Concurrent;
using CACL.Data.Catalog;
using CACL.Testing;

namespace CACL.Data.Tests.Catalog;

/// <summary>Tests what a catalogue reports about files that it does not know, and which of a file's names it uses.</summary>
public sealed class CompletenessTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly string _videos;
    private readonly VideoCatalog _catalog;
    private readonly ConcurrentBag<string> _read = [];
    private readonly ConcurrentDictionary<string, int> _faults = [];

    public CompletenessTests()
    {
        _videos = Directory.CreateDirectory(_temporary.File("videos")).FullName;
        _catalog = VideoCatalog.Open(_temporary.File("videos.db"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _catalog.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void Only_a_scan_that_came_to_its_end_knows_a_folder()
    {
        Make([.. Enumerable.Range(0, 40).Select(i => $"a/{i}.mp4")]);
        using var stop = new CancellationTokenSource();
        var scanner = new VideoScanner(_catalog, () => new LineProber(path =>
        {
            _read.Add(path);
            if (_read.Count >= 20) stop.Cancel();
        }));
        var options = new ScanOptions { Parallelism = 1, BatchSize = 5 };
        Assert.Throws<OperationCanceledException>(() => scanner.Scan([_videos], options, cancel: stop.Token));
        Assert.InRange(_catalog.LoadUsable(9).Length, 10, 39);
        Assert.False(IsScanned(_videos));
        Scan(_videos);
        Assert.True(IsScanned(_videos));
        Assert.True(IsScanned(In("a"))); // below it
        Assert.True(IsScanned(In("a/7.mp4")));
        Assert.False(IsScanned(_temporary.Path)); // above it
    }

    [Fact]
    public void Of_two_folders_both_must_have_been_scanned()
    {
        Make("a/1.mp4", "b/2.mp4", "ab/3.mp4");
        Scan(In("a"));
        Assert.True(IsScanned(In("a")));
        Assert.False(IsScanned(In("a"), In("b")));
        Assert.False(IsScanned(In("ab")));
        Scan(In("b"));
        Assert.True(IsScanned(In("a"), In("b")));
    }

    [Fact]
    public void Files_that_are_named_one_by_one_must_each_have_a_row_unless_they_are_missing()
    {
        Make("1.mp4", "2.mp4", "3.mp4");
        File.WriteAllText(In("list.txt"), "1.mp4\n2.mp4\nnone.mp4\n");
        Scan(In("1.mp4"));
        Assert.True(IsScanned(In("1.mp4")));
        Assert.False(IsScanned(In("list.txt")));
        Scan(In("list.txt"));
        Assert.True(IsScanned(In("list.txt")));
        File.AppendAllText(In("list.txt"), "3.mp4\n");
        Assert.False(IsScanned(In("list.txt")));
    }

    [Fact]
    public void A_catalogue_of_before_there_were_such_notes_is_read_and_known_by_its_next_scan()
    {
        Make("1.mp4");
        Scan(_videos);
        using (var old = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_catalog.Path};Pooling=False"))
        {
            old.Open();
            using var command = old.CreateCommand();
            command.CommandText = "DROP TABLE scans";
            command.ExecuteNonQuery();
        }

        Assert.Single(_catalog.LoadUsable(9));
        Assert.False(IsScanned(_videos));
        Assert.Equal(1, Scan(_videos).Unchanged);
        Assert.True(IsScanned(_videos));
    }

    [Fact]
    public void What_appeared_changed_and_went_since_is_counted_without_being_read()
    {
        Make("1.mp4", "2.mp4", "3.mp4", "4.mp4", "5.mp4");
        Scan(_videos);
        Assert.Equal(new CatalogDrift(0, 0, 0), Drift());
        Make("6.mp4", "sub/7.mp4");
        File.WriteAllText(In("2.mp4"), "another length");
        File.Delete(In("3.mp4"));
        File.Delete(In("4.mp4"));
        File.Move(In("5.mp4"), In("8.mp4"));
        _read.Clear();
        Assert.Equal(new CatalogDrift(Appeared: 3, Changed: 1, Gone: 3), Drift());
        Assert.Empty(_read);
        Assert.Equal(5, _catalog.LoadUsable(9).Length);
        Scan(_videos);
        Assert.True(Drift().IsNone);
        Make("3.mp4"); // the file is back
        Assert.Equal(new CatalogDrift(1, 0, 0), Drift());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_prober_that_fails_by_itself_is_asked_again(int times)
    {
        Make("1.mp4", "2.mp4");
        _faults[In("2.mp4")] = times;
        Assert.Equal(2, Scan(_videos).Usable);
        Assert.Equal(times + 1, _read.Count(path => path == In("2.mp4")));
    }

    [Fact]
    public void A_video_on_which_probers_fail_all_the_time_is_not_known_and_asked_for_by_the_next_scan()
    {
        Make("1.mp4", "2.mp4");
        _faults[In("2.mp4")] = 3;
        var message = Assert.Single(Scan(_videos).Unusable[UnusableReason.Decoder].Examples).Message;
        Assert.Contains("killed by signal 9", message, StringComparison.Ordinal);
        Assert.False(IsScanned(_videos));
        Assert.Equal((1, 2), (Scan(_videos).Read, _catalog.LoadUsable(9).Length));
        Assert.True(IsScanned(_videos));
    }

    [Fact]
    public void Probers_that_fail_on_everything_end_the_scan_and_what_was_read_is_kept()
    {
        Make([.. Enumerable.Range(0, 60).Select(i => $"{i:00}.mp4")]);
        Assert.Equal(60, Scan(_videos).Usable);
        Make([.. Enumerable.Range(0, 40).Select(i => $"later/{i:00}.mp4")]);
        foreach (var path in Directory.GetFiles(In("later"))) _faults[path] = int.MaxValue;
        var fault = Assert.Throws<CatalogException>(() => Scan(_videos));
        Assert.Contains("more than 16 files in a row", fault.Message, StringComparison.Ordinal);
        Assert.Contains("killed by signal 9", fault.Message, StringComparison.Ordinal);
        Assert.Contains("cacl doctor", fault.Message, StringComparison.Ordinal);
        Assert.Equal(60, _catalog.LoadUsable(9).Length);
    }

    [Fact]
    public void A_file_of_several_names_is_one_video_under_the_first_of_them()
    {
        Make("m.mp4", "b.mp4");
        SpecialFiles.SecondName(In("m.mp4"), In("z.mp4"));
        SpecialFiles.SecondName(In("m.mp4"), In("c.mp4"));
        Directory.CreateDirectory(In("sub"));
        SpecialFiles.SecondName(In("m.mp4"), In("sub/a.mp4"));
        File.WriteAllText(In("list.txt"), "z.mp4\nm.mp4\n");
        var report = Scan(_videos, In("list.txt"));
        Assert.Equal((2, 2), (report.Found, report.Usable));
        Assert.Equal([In("b.mp4"), In("c.mp4")], Paths());
    }

    [Fact]
    public void The_name_that_is_known_stays_and_one_that_was_counted_twice_is_given_up()
    {
        Make("m.mp4");
        Scan(_videos);
        SpecialFiles.SecondName(In("m.mp4"), In("a.mp4"));
        Assert.Equal((1, 1, 0), (Scan(_videos).Found, Scan(_videos).Unchanged, Scan(_videos).Vanished));
        Assert.Equal([In("m.mp4")], Paths());
        Assert.True(Drift().IsNone);

        // Catalogues of earlier versions look like this.
        _catalog.UpsertBatch([Records.Usable(In("a.mp4"))]);
        Assert.Equal(1, Scan(_videos).Vanished);
        Assert.Equal([In("a.mp4")], Paths());
    }

    [Fact]
    public void A_line_of_a_list_that_names_a_folder_is_told_as_one()
    {
        Make("a/1.mp4", "2.mp4");
        File.WriteAllText(In("list.txt"), "2.mp4\na\nnone.mp4\n2.mp4/below.mp4\n");
        var report = Scan(In("list.txt"));
        Assert.Equal((1, 3), (report.Usable, report.MissingCount));
        Assert.Equal(
            [
                $"{In("a")} is listed but is a folder. A list names files; to take all that lies below a folder, name the folder itself "
                    + "instead of the list.",
                $"{In("none.mp4")} is listed but does not exist.",
                $"{In("2.mp4/below.mp4")} is listed but does not exist.",
            ],
            report.Missing.Select(problem => problem.Message));
    }

    private ScanReport Scan(params string[] roots) =>
        new VideoScanner(_catalog, () => new LineProber(_read.Add, faults: _faults))
            .Scan(roots, new ScanOptions { Parallelism = 3 }, cancel: Cancel);

    private bool IsScanned(params string[] roots) => _catalog.IsScanned(new VideoRoots(roots));

    private CatalogDrift Drift() => CatalogDrift.Of(_catalog, new VideoRoots([_videos]), Cancel);

    private IEnumerable<string> Paths() => _catalog.LoadUsable(9).Select(video => _catalog.Load(video.Id).Path);

    private string In(string name) => Path.Combine(_videos, name);

    private void Make(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
            File.WriteAllText(In(name), "20 frames");
        }
    }
}
