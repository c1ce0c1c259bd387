using System.Text.RegularExpressions;
using CACL.Data.Sampling;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Settings;

/// <summary>Checks the paper's rows: each file under hocon/tables computes what its row says, and nothing else.</summary>
public sealed partial class TablePresetTests
{
    private const Heads TwoHeads = Heads.Global | Heads.Pixel;

    private static readonly string Folder = Path.Combine(Workspace.Root, "hocon", "tables");
    private static readonly CaclOptions R18 = new();
    private static readonly CaclOptions R50 = new() { Backbone = Backbone.ResNet50 };

    private static readonly HashSet<string> Ablated =
        ["cacl.data.stride", "cacl.model.heads", "cacl.model.pixel-shuffle", "cacl.model.positives", "cacl.model.soft-cycle"];

    // Each row is what it trains, the stride, and what the paper reports.
    private static readonly Dictionary<string, (CaclOptions Options, int Stride, string Paper)> Rows = new()
    {
        ["table1a-r18-pixel"] = (R18 with { Heads = Heads.Pixel }, 8, "28.7"),
        ["table1a-r18-global"] = (R18 with { Heads = Heads.Global }, 8, "33.2"),
        ["table1a-r18-global-cycle"] = (R18 with { Heads = Heads.Global | Heads.Cycle }, 8, "34.3"),
        ["table1a-r18-pixel-global"] = (R18 with { Heads = TwoHeads }, 8, "35.9"),
        ["table1a-r18-all"] = (R18, 8, "38.2"),
        ["table1a-r50-global"] = (R50 with { Heads = Heads.Global }, 8, "44.5"),
        ["table1a-r50-pixel-global"] = (R50 with { Heads = TwoHeads }, 8, "46.1"),
        ["table1a-r50-all"] = (R50, 8, "49.1"),
        ["table1b-r18-augmentation"] = (R18 with { Heads = TwoHeads, Positives = Positives.SamePosition }, 0, "27.5"),
        ["table1b-r18-position-2"] = (R18 with { Heads = TwoHeads, Positives = Positives.SamePosition }, 2, "28.4"),
        ["table1b-r18-position-4"] = (R18 with { Heads = TwoHeads, Positives = Positives.SamePosition }, 4, "29.7"),
        ["table1b-r18-position-8"] = (R18 with { Heads = TwoHeads, Positives = Positives.SamePosition }, 8, "33.1"),
        ["table1b-r18-matched-4"] = (R18 with { Heads = TwoHeads }, 4, "31.6"),
        ["table1b-r18-matched-8"] = (R18 with { Heads = TwoHeads }, 8, "35.9"),
        ["table1b-r18-cycle-4"] = (R18, 4, "34.5"),
        ["table1b-r18-cycle-8"] = (R18, 8, "38.2"),
        ["table1c-r18-simple"] = (R18 with { SpatialRoll = false, SoftCycle = false }, 8, "34.2"),
        ["table1c-r18-shuffle"] = (R18 with { SoftCycle = false }, 8, "37.1"),
        ["table1c-r18-soft"] = (R18, 8, "38.2"),
        ["table1c-r50-simple"] = (R50 with { SpatialRoll = false, SoftCycle = false }, 8, "45.6"),
        ["table1c-r50-shuffle"] = (R50 with { SoftCycle = false }, 8, "47.3"),
        ["table1c-r50-soft"] = (R50, 8, "49.1"),
        ["table2-r18-moco"] = (R18 with { Heads = Heads.Global }, 8, "mAcc 40.0, mIoU 33.2"),
        ["table2-r18-two-heads"] = (R18 with { Heads = TwoHeads }, 8, "mAcc 42.6, mIoU 35.9"),
        ["table2-r18-cacl"] = (R18, 8, "mAcc 45.7, mIoU 38.2"),
        ["table2-r50-moco"] = (R50 with { Heads = Heads.Global }, 8, "mAcc 50.7, mIoU 44.6"),
        ["table2-r50-two-heads"] = (R50 with { Heads = TwoHeads }, 8, "mAcc 53.7, mIoU 46.1"),
        ["table2-r50-cacl"] = (R50, 8, "mAcc 57.4, mIoU 49.1"),
        ["table3-r50-moco"] = (R50 with { Heads = Heads.Global }, 8, "48.1"),
        ["table3-r50-cacl"] = (R50, 8, "52.6"),
        ["table4-r18-moco"] = (R18 with { Heads = Heads.Global }, 8, "24.8 / 35.0 / 42.0 / 62.6"),
        ["table4-r18-two-heads"] = (R18 with { Heads = TwoHeads }, 8, "31.4 / 37.5 / 45.6 / 63.3"),
        ["table4-r18-cacl"] = (R18, 8, "34.3 / 43.1 / 47.8 / 64.5"),
    };

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_row_has_its_file() => Assert.Equal(Rows.Keys.Order(StringComparer.Ordinal), Files.Select(f => f.Data));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_row_changes_what_it_says_and_nothing_else(string name)
    {
        var (options, stride, _) = Rows[name];
        var row = Load(name);
        Assert.Equal(options, row.Settings.ToCaclOptions());
        Assert.Equal(new SamplingOptions { Stride = stride, SpatialRoll = options.SpatialRoll }, row.Settings.ToSamplingOptions());
        var kinetics = Load(options.Backbone == Backbone.ResNet18 ? "../kinetics-r18" : "../kinetics-r50")
            .Keys.ToDictionary(k => k.Key, k => k.Text);
        var changed = row.Keys.Where(k => kinetics[k.Key] != k.Text).Select(k => k.Key);
        Assert.Subset(Ablated, changed.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_row_says_what_the_paper_reports_and_how_to_train_it(string name)
    {
        var header = string.Join('\n', File.ReadLines(Path.Combine(Folder, name + ".conf")).TakeWhile(l => l.StartsWith('#')));
        Assert.Matches($"^# Table {name[5]}{(char.IsLetter(name[6]) ? name[6] : "")}, ResNet-{name.Split('-')[1][1..]}", header);
        Assert.Matches(@$"[^0-9.]{Regex.Escape(Rows[name].Paper)}[^0-9]", header);
        var command = Assert.Single(Command().Matches(header));
        Assert.Equal($"hocon/tables/{name}.conf", command.Groups[1].Value);
        Assert.Equal(name.Contains("-r50-", StringComparison.Ordinal), command.Value.Contains("--init-from", StringComparison.Ordinal));
    }

    [GeneratedRegex("^#   cacl train --config (\\S+) .*$", RegexOptions.Multiline)]
    private static partial Regex Command();

    private static ResolvedConfiguration Load(string name) =>
        ConfigurationFiles.Load([Path.Combine(Folder, name + ".conf")], [], new Dictionary<string, string>());
}
