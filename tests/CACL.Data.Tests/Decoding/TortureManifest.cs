using System.Globalization;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>What a row of ../shared/data/torture/MANIFEST.tsv says of a file. Frames null: it is unusable.</summary>
internal sealed record TortureFile(string Name, string Path, int? Frames, int CodedWidth, int CodedHeight, int Rotation)
{
    public static IReadOnlyList<TortureFile> All()
    {
        var folder = Workspace.Shared("data", "torture");
        var manifest = System.IO.Path.Combine(folder, "MANIFEST.tsv");
        TortureFile[] files = [.. File.ReadLines(manifest).Skip(1).Select(line => Parse(folder, line.Split('\t')))];
        Assert.True(files.Any(f => f.Frames is null) && files.Any(f => f.Frames is not null), $"{manifest} lacks sound or unusable files.");
        return files;
    }

    private static TortureFile Parse(string folder, string[] cells)
    {
        var usable = cells[2] != "unusable";
        return new(cells[0], System.IO.Path.Combine(folder, cells[0]), usable ? Number(cells[2]) : null,
            usable ? Number(cells[4]) : 0, usable ? Number(cells[5]) : 0, usable ? Number(cells[6]) : 0);

        static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);
    }
}
