using System.Collections.Concurrent;
using System.Diagnostics;
using CACL.Data.Catalog;
using CACL.Testing;

namespace CACL.Data.Tests.Catalog;

/// <summary>Tests what a scan does with files and rows, with a prober that reads a file's record from its first line.</summary>
public sealed class VideoScannerTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly string _videos;
    private readonly VideoCatalog _catalog;
    private readonly ConcurrentBag<string> _read = [];

    public VideoScannerTests()
    {
        _videos = Directory.CreateDirectory(_temporary.File("videos")).FullName;
        _catalog = VideoCatalog.Open(_temporary.File("videos.db"));
    }

    public void Dispose()
    {
        _catalog.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void A_tree_of_any_depth_is_read_and_each_file_is_a_row()
    {
        Make("class a/1.mp4", "class a/deep/er/2.webm", "b/3.AVI", "4.jpg", "notes.md", "b/labels.json");
        File.WriteAllText(In("b/broken.mkv"), "bad");
        File.WriteAllText(In("empty.mp4"), "");

        var report = Scan();
        Assert.Equal((6, 0, 6, 4, 2), (report.Found, report.Unchanged, report.Read, report.Usable, report.OtherFiles));
        Assert.Equal("It is bad.", Assert.Single(report.Unusable[UnusableReason.Corrupt].Examples).Message);
        Assert.Contains("is empty", Assert.Single(report.Unusable[UnusableReason.NotAVideo].Examples).Message, StringComparison.Ordinal);
        Assert.Equal(4, _catalog.LoadUsable(9).Length);
        Assert.DoesNotContain(In("empty.mp4"), _read);
    }

    [Fact]
    public void A_second_scan_reads_only_what_changed()
    {
        Make("1.mp4", "2.mp4", "3.mp4");
        Scan();
        _read.Clear();
        File.WriteAllText(In("2.mp4"), "30 frames");
        Make("4.mp4");

        var report = Scan();
        Assert.Equal([In("2.mp4"), In("4.mp4")], _read.Order());
        Assert.Equal((4, 2, 2, 4), (report.Found, report.Unchanged, report.Read, report.Usable));
        Assert.Equal([20, 30, 20, 20], _catalog.LoadUsable(9).Select(shape => shape.Frames));
    }

    [Fact]
    public void Files_that_failed_for_reasons_outside_of_them_are_tried_again()
    {
        File.WriteAllText(In("locked.mp4"), "unreadable");
        File.WriteAllText(In("broken.mp4"), "bad");
        Scan();
        _read.Clear();
        var report = Scan();
        Assert.Equal([In("locked.mp4")], _read);
        Assert.Equal(2, report.Unusable.Values.Sum(files => files.Count));
    }

    [Fact]
    public void Vanished_files_are_marked_and_come_back_without_being_read()
    {
        Make("1.mp4", "2.mp4", "sub/3.mp4");
        Scan();
        var hidden = _temporary.File("hidden");
        Directory.Move(In("sub"), hidden);
        File.Delete(In("2.mp4"));
        Assert.Equal(2, Scan().Vanished);
        Assert.Single(_catalog.LoadUsable(9));

        Directory.Move(hidden, In("sub"));
        _read.Clear();
        var report = Scan();
        Assert.Empty(_read);
        Assert.Equal((0, 2), (report.Vanished, report.Usable));
        Assert.Equal(2, _catalog.LoadUsable(9).Length);
    }

    [Fact]
    public void Rows_outside_the_scanned_folders_are_not_touched()
    {
        Make("one/1.mp4", "two/2.mp4");
        Scan();
        Directory.Delete(In("two"), recursive: true);
        Assert.Equal(0, Scan(In("one")).Vanished);
        Assert.Equal(2, _catalog.LoadUsable(9).Length);
    }

    [Fact]
    public void A_file_reached_on_several_ways_is_one_row()
    {
        Make("a/1.mp4", "a/2.mp4");
        var outside = Directory.CreateDirectory(_temporary.File("outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "3.mp4"), "20 frames");
        Directory.CreateSymbolicLink(In("a/circle"), _videos);
        Directory.CreateSymbolicLink(In("other way"), In("a"));
        Directory.CreateSymbolicLink(In("out"), outside);
        Directory.CreateSymbolicLink(In("out again"), outside);
        File.CreateSymbolicLink(In("again.mp4"), In("a/1.mp4"));
        File.CreateSymbolicLink(In("nowhere.mp4"), "/nowhere/at/all.mp4");
        Directory.CreateSymbolicLink(Path.Combine(outside, "up"), _temporary.Path);
        File.WriteAllText(In("list.txt"), "a/1.mp4\na/2.mp4\n");

        var report = Scan(_videos, In("a"), _videos + "/", In("list.txt"));
        Assert.Equal(3, report.Usable);
        Assert.Equal(3, _catalog.LoadUsable(9).Length);
        Assert.Contains(
            "leads nowhere", Assert.Single(report.Unusable[UnusableReason.Unreadable].Examples).Message, StringComparison.Ordinal);
        Assert.Equal((3, 0), (Scan(_videos).Usable, Scan(_videos).Vanished));
    }

    [Fact]
    public void A_linked_file_is_stamped_by_what_it_leads_to()
    {
        var target = _temporary.File("target.mp4");
        File.WriteAllText(target, "20 frames");
        File.CreateSymbolicLink(In("link.mp4"), target);
        Scan();
        Assert.Equal(In("link.mp4"), _catalog.Load(_catalog.LoadUsable(9)[0].Id).Path);
        File.WriteAllText(target, "30 frames!");
        Assert.Equal(1, Scan().Read);
        Assert.Equal(30, _catalog.LoadUsable(9)[0].Frames);
    }

    [Fact]
    public void A_list_names_files_relative_to_itself_and_its_missing_ones_are_told()
    {
        Make("a/1.mp4", "a/2, two.mp4", "a/3.mp4");
        File.WriteAllText(In("list.csv"), "\"a/2, two.mp4\",7\r\na/1.mp4,3\r\n\r\na/none.mp4,1\r\n");
        var report = Scan(In("list.csv"));
        Assert.Equal((2, 2, 1), (report.Found, report.Usable, report.MissingCount));
        Assert.Equal(In("a/none.mp4"), Assert.Single(report.Missing).Path);

        File.Delete(In("a/1.mp4"));
        Assert.Equal(1, Scan(In("list.csv")).Vanished);
    }

    [Fact]
    public void Odd_names_are_rows_like_any_other()
    {
        string[] names = ["-i.mp4", "a b.mp4", "quote'\".mp4", "new\nline.mp4", "日本.mp4", "%d.mp4", ".hidden.mp4", "back\\slash.mp4"];
        Make(names);
        Assert.Equal(names.Length, Scan().Usable);
        var paths = _catalog.LoadUsable(9).Select(shape => Path.GetFileName(_catalog.Load(shape.Id).Path));
        Assert.Equal(names.Order(StringComparer.Ordinal), paths);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_told_and_does_not_stop_the_scan()
    {
        Make("good.mp4");
        using (var shell = Process.Start("sh", ["-c", "printf x > \"$1/$(printf 'bad\\377').mp4\"", "sh", _videos])) shell.WaitForExit();
        var report = Scan();
        Assert.Equal(1, report.Usable);
        // .NET cannot delete such a file either.
        using (var shell = Process.Start("rm", ["-r", _videos])) shell.WaitForExit();
        Assert.Contains(
            "not valid UTF-8", Assert.Single(report.Unusable[UnusableReason.Unreadable].Examples).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_named_like_a_video_is_not_opened()
    {
        SpecialFiles.Pipe(In("pipe.mp4"));
        var report = Scan();
        Assert.Equal(0, report.Usable);
        var message = Assert.Single(report.Unusable[UnusableReason.NotAVideo].Examples).Message;
        Assert.Contains("pipe.mp4 is a pipe, not a regular file", message, StringComparison.Ordinal);
        Assert.Empty(_read);
    }

    [Fact]
    public void An_empty_folder_is_reported_as_such()
    {
        var report = Scan();
        Assert.Equal((0, 0), (report.Found, report.Usable));
    }

    [Fact]
    public void A_missing_or_wrong_root_is_refused_before_anything_is_marked()
    {
        Make("1.mp4");
        Scan();
        File.WriteAllText(In("notes.md"), "");
        Assert.Contains(
            "There is no folder", Assert.Throws<CatalogException>(() => Scan(_videos, In("none"))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "notes.md is a file", Assert.Throws<CatalogException>(() => Scan(In("notes.md"))).Message, StringComparison.Ordinal);
        Assert.Throws<CatalogException>(() => Scan([""]));
        Assert.Single(_catalog.LoadUsable(9));
    }

    [Fact]
    public void A_file_that_goes_between_listing_and_reading_leaves_no_row()
    {
        Make("1.mp4");
        File.WriteAllText(In("2.mp4"), "goes away");
        var report = Scan();
        Assert.Equal((1, 1), (report.Found, report.Usable));
        Assert.Equal(0, _catalog.Counts(1).Unusable.Values.Sum());
    }

    [Fact]
    public void A_prober_that_hangs_does_not_stop_the_scan()
    {
        Make("1.mp4", "3.mp4", "4.mp4");
        File.WriteAllText(In("2.mp4"), "hang");
        var options =
            new ScanOptions { Parallelism = 1, FileDeadline = TimeSpan.FromMilliseconds(50), Grace = TimeSpan.FromMilliseconds(50) };
        using var release = new ManualResetEventSlim();
        var report = Scanner(release).Scan([_videos], options, cancel: TestContext.Current.CancellationToken);
        release.Set();
        Assert.Equal((4, 3), (report.Found, report.Usable));
        Assert.Contains(
            "2.mp4 took more than", Assert.Single(report.Unusable[UnusableReason.Deadline].Examples).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prober_that_breaks_is_replaced_and_its_file_is_unusable()
    {
        Make("1.mp4", "3.mp4");
        File.WriteAllText(In("2.mp4"), "throw");
        var report = Scan();
        Assert.Equal(2, report.Usable);
        var message = Assert.Single(report.Unusable[UnusableReason.Decoder].Examples).Message;
        Assert.Contains("InvalidOperationException", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_scan_keeps_what_it_read_and_the_next_goes_on()
    {
        Make([.. Enumerable.Range(0, 60).Select(i => $"{i}.mp4")]);
        using var stop = new CancellationTokenSource();
        var options = new ScanOptions { Parallelism = 2, BatchSize = 5 };
        var scanner = new VideoScanner(_catalog, () => new LineProber(path =>
        {
            _read.Add(path);
            if (_read.Count >= 40) stop.Cancel();
        }));
        Assert.Throws<OperationCanceledException>(() => scanner.Scan([_videos], options, cancel: stop.Token));
        var kept = _catalog.LoadUsable(9).Length;
        Assert.InRange(kept, 20, 59);
        var report = Scan();
        Assert.Equal((kept, 60), (report.Unchanged, report.Usable));
    }

    [Fact]
    public void A_full_disk_ends_the_scan_with_one_sentence()
    {
        Make([.. Enumerable.Range(0, 400).Select(i => $"{i}{new string('x', 200)}.mp4")]);
        _catalog.LimitPages(40);
        Assert.Contains("the disk is full", Assert.Throws<CatalogException>(() => Scan()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_ends_at_the_reports_numbers()
    {
        Make([.. Enumerable.Range(0, 30).Select(i => $"{i}.mp4")]);
        var last = new Latest();
        var report = Scanner().Scan([_videos], new ScanOptions { BatchSize = 7 }, last, TestContext.Current.CancellationToken);
        Assert.Equal(new ScanProgress(report.Found, true, 0, 30, 30, 0), last.Value);
    }

    private ScanReport Scan(params string[] roots) =>
        Scanner().Scan(
            roots.Length == 0 ? [_videos] : roots, new ScanOptions { Parallelism = 3 }, cancel: TestContext.Current.CancellationToken);

    private VideoScanner Scanner(ManualResetEventSlim? release = null) => new(_catalog, () => new LineProber(_read.Add, release));

    private string In(string name) => Path.Combine(_videos, name);

    private void Make(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
            File.WriteAllText(In(name), "20 frames");
        }
    }

    private sealed class Latest : IProgress<ScanProgress>
    {
        public ScanProgress? Value { get; private set; }

        public void Report(ScanProgress value) => Value = value;
    }
}
