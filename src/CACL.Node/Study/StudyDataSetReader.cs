using System.Globalization;
using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;
using CACL.Runs.Evaluations;

namespace CACL.Node.Study;

/// <summary>
/// Reads the data sets of a study, which are written like those of <c>cacl.evaluation.datasets</c>: <c>KIND:DIR</c>, or an object.
/// </summary>
internal static class StudyDataSetReader
{
    private static readonly string[] Keys =
        ["name", "kind", "data", "train-split", "test-split", "protocol", "variant", "fraction", "sweep-learning-rate"];
    private static readonly string[] Kinds = ["cityscapes", "voc", "folder"];

    /// <summary>Reads a list; adds problems to <paramref name="problems"/>.</summary>
    public static IReadOnlyList<StudyDataSet> Read(HoconValue list, List<SettingsProblem> problems)
    {
        var read = new List<StudyDataSet>();
        foreach (var item in list is HoconArray array ? array.Items : [list])
        {
            var before = problems.Count;
            var set = item is HoconObject o ? OfObject(o, problems) : OfText(item, problems);
            if (problems.Count > before) continue;
            if (read.Any(r => r.FileName == set.FileName))
                problems.Add(new SettingsProblem("study.datasets", item.Origin, $"names {set.Name} twice; give one of them another name."));
            else if (set.FileName.Length == 0)
                problems.Add(new SettingsProblem(
                    "study.datasets", item.Origin, $"names a data set '{set.Name}'; a name has at least a letter or digit."));
            else read.Add(set);
        }

        return read;
    }

    private static StudyDataSet OfText(HoconValue item, List<SettingsProblem> problems)
    {
        var text = (item as HoconScalar)?.Text ?? "";
        var parts = text.Split(':', 2);
        if (parts is [var kind, { Length: > 0 } folder] && Kinds.Contains(kind))
        {
            var path = FilePaths.Absolute(folder);
            return new StudyDataSet(Path.GetFileName(path), kind, path, null, null, "linear", "full", null);
        }

        problems.Add(new SettingsProblem(
            "study.datasets", item.Origin,
            $"holds {item}; expected is KIND:DIR with a kind of {string.Join(", ", Kinds)}, or an object with name, kind and data."));
        return new StudyDataSet("", "", "", null, null, "", "", null);
    }

    private static StudyDataSet OfObject(HoconObject o, List<SettingsProblem> problems)
    {
        StudyFile.Unknown(o, "", Keys, problems);
        var reader = new SettingsReader(o);
        var set = new StudyDataSet(
            reader.Text("name", t => t.Length > 0, "a name"),
            reader.Choice("kind", [.. Kinds.Select(k => (k, k))]),
            FilePaths.Absolute(reader.Text("data", t => t.Length > 0, "the data set's folder")),
            o["train-split"] is null ? null : reader.Text("train-split", t => t.Length > 0, "the name of a split"),
            o["test-split"] is null ? null : reader.Text("test-split", t => t.Length > 0, "the name of a split"),
            o["protocol"] is null ? "linear" : reader.Choice("protocol", [.. EvaluationProtocols.All.Select(p => (p, p))]),
            o["variant"] is null ? "full" : reader.Choice("variant", ("full", "full"), ("quick", "quick")),
            o["fraction"] is null ? null : reader.Number("fraction", v => v is > 0 and <= 1, "above 0, at most 1"))
        {
            SweepRates = o["sweep-learning-rate"] is null ? null : SweepRates(reader),
        };
        if (set is { SweepRates: not null, Protocol: not "linear" } && reader.IsSound("sweep-learning-rate", "protocol"))
            reader.Report("sweep-learning-rate", "belongs to protocol = linear.");
        if (set is { Fraction: not null, Protocol: not "limited" } && reader.IsSound("fraction", "protocol"))
            reader.Report("fraction", "belongs to protocol = limited.");
        problems.AddRange(reader.Problems.Select(p => p with { Key = $"study.datasets: {p.Key}" }));
        return set;
    }

    // true: the grid of the program; or a list of rates.
    private static double[]? SweepRates(SettingsReader reader)
    {
        const string key = "sweep-learning-rate";
        var words = reader.Texts(key, word => word);
        if (words is ["true"]) return [];
        if (words is ["false"]) return null;
        var rates = words.Select(
            word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) ? rate : double.NaN).ToArray();
        if (rates.Length == 0 || !rates.All(rate => rate is > 0 and <= 1000))
            reader.Report(key, "is true, false, or a list of numbers above 0, at most 1000, such as [0.01, 0.1].");
        return rates;
    }
}
