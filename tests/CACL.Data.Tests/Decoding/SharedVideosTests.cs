using System.Globalization;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>
/// Tests the same guarantees on videos of other origin: real clips of ../shared, and its odd and damaged files, whose frames, sizes and
/// rotations are listed in a table. Of the clips it takes, with tools/test --long, every second in-process, every sixth by workers and
/// every twelfth isolated; all with CACL_CLIPS=all, which takes minutes.
/// </summary>
public sealed class SharedVideosTests
{
    public static IEnumerable<TheoryDataRow<DecoderKind, string>> Folders => Workspace.Lack("data", "videos") is { } lack
        ? [new TheoryDataRow<DecoderKind, string>(DecoderKind.Auto, "") { Skip = lack }]
        :
        [
            new(DecoderKind.InProcess, "videos") { Skip = LongTests.WhyNot("Real clips beside the made ones") },
            new(DecoderKind.Isolated, "videos") { Skip = LongTests.WhyNot("A process for each pair") },
            new(DecoderKind.Worker, "videos") { Skip = LongTests.WhyNot("The same libraries as in-process") },
            new(DecoderKind.InProcess, "torture") { Skip = LongTests.WhyNot("Odd and damaged files beside the made ones") },
            new(DecoderKind.Worker, "torture") { Skip = LongTests.WhyNot("Odd and damaged files beside the made ones") },
            new(DecoderKind.Isolated, "torture") { Skip = LongTests.WhyNot("Odd and damaged files beside the made ones") },
        ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Their_frames_are_those_of_a_sequential_decode(DecoderKind kind, string folder)
    {
        var isolated = kind == DecoderKind.Isolated;
        var every = Environment.GetEnvironmentVariable("CACL_CLIPS") == "all" ? 1
            : kind == DecoderKind.Worker ? 6 : isolated ? 12 : 2;
        var paths = folder == "torture"
            ? [.. Manifest().Where(row => row.Frames is not null).Select(row => row.Path)]
            : Directory.EnumerateFiles(Workspace.Shared("data", folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Where((_, i) => i % every == 0).ToArray();
        var decoders = InstalledDecoders.Of(kind);
        ExactnessCheck.AssertExact(paths, decoders.CreateProber, decoders.CreateDecoder, int.MaxValue);
    }

    [Fact]
    public void Odd_and_damaged_files_are_what_their_table_says()
    {
        var rows = Manifest();
        using var prober = InstalledDecoders.Of(DecoderKind.InProcess).CreateProber();
        var faults = new List<string>();
        foreach (var row in rows)
        {
            try
            {
                var record = prober.Probe(row.Path, ExactnessCheck.Patience, TestContext.Current.CancellationToken);
                var found = new Row(row.Path, record.Frames.Count, record.Width, record.Height, record.Orientation.Rotation);
                if (found != row) faults.Add($"{row}: {found}");
            }
            catch (VideoUnusableException fault)
            {
                if (row.Frames is not null) faults.Add($"{row}: {fault.Message}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static List<Row> Manifest()
    {
        var folder = Workspace.Shared("data", "torture");
        return [.. File.ReadLines(Path.Combine(folder, "MANIFEST.tsv")).Skip(1).Select(line => Row.Parse(folder, line.Split('\t')))];
    }

    /// <summary>A file as it is displayed; Frames is null if it is unusable.</summary>
    private sealed record Row(string Path, int? Frames, int Width, int Height, int Rotation)
    {
        public static Row Parse(string folder, string[] cells)
        {
            var path = System.IO.Path.Combine(folder, cells[0]);
            if (cells[2] == "unusable") return new(path, null, 0, 0, 0);
            var (width, height, rotation) = (Number(cells[4]), Number(cells[5]), Number(cells[6]));
            if (rotation is 90 or 270) (width, height) = (height, width);
            return new(path, Number(cells[2]), width, height, rotation);
        }

        private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);
    }
}
