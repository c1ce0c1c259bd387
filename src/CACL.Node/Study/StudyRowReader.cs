using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;

namespace CACL.Node.Study;

/// <summary>Reads the rows of a study.</summary>
internal static class StudyRowReader
{
    private static readonly string[] Keys = ["name", "preset", "init-from", "random", "backbone", "checkpoint", "paper", "settings"];
    private static readonly string[] Metrics = ["miou", "macc", "aacc"];

    /// <summary>Reads a list; adds problems to <paramref name="problems"/>.</summary>
    /// <param name="list">The list.</param>
    /// <param name="file">The study's file, to which presets are relative.</param>
    /// <param name="dataSets">The study's data sets, which the paper's values may name.</param>
    /// <param name="problems">Receives the problems.</param>
    public static IReadOnlyList<StudyRow> Read(
        HoconValue list, string file, IReadOnlyList<StudyDataSet> dataSets, List<SettingsProblem> problems)
    {
        if (list is not HoconArray array)
        {
            problems.Add(new SettingsProblem("study.rows", list.Origin, "is not a list; expected [{ name = …, preset = … }, …]."));
            return [];
        }

        var rows = new List<StudyRow>();
        foreach (var item in array.Items)
        {
            if (item is not HoconObject o)
            {
                problems.Add(new SettingsProblem(
                    "study.rows", item.Origin, $"holds {item}; a row is an object such as {{ name = CACL, preset = cacl.conf }}."));
                continue;
            }

            var row = Row(o, file, dataSets, problems);
            if (rows.Any(r => r.FileName == row.FileName))
                problems.Add(new SettingsProblem(
                    "study.rows: name", o.Origin,
                    $"{row.Name} is the name of two rows, or too like another's; rows need names of their own."));
            rows.Add(row);
        }

        return rows;
    }

    private static StudyRow Row(HoconObject o, string file, IReadOnlyList<StudyDataSet> dataSets, List<SettingsProblem> problems)
    {
        var found = new List<SettingsProblem>();
        StudyFile.Unknown(o, "", Keys, found);
        var reader = new SettingsReader(o);
        var name = reader.Text("name", t => StudyRow.ToFileName(t).Length > 0, "a name with a letter or digit");
        var source = Source(o, reader);
        var preset = source == StudySource.Training && o["preset"] is not null
            ? Beside(file, reader.Text("preset", t => t.Length > 0, "a file"))
            : "";
        if (preset.Length > 0 && !File.Exists(preset))
            reader.Report("preset", $"is {preset}, which does not exist; it is looked for relative to the study's file.");
        var weights = source switch
        {
            StudySource.Weights => reader.Text("checkpoint", t => t.Length > 0, "a file or folder"),
            StudySource.Training when o["init-from"] is not null => reader.Text("init-from", t => t.Length > 0, "a file"),
            _ => "",
        };
        var backbone = o["backbone"] is null ? "resnet18" : reader.Choice("backbone", ("resnet18", "resnet18"), ("resnet50", "resnet50"));
        if (o["backbone"] is not null && source != StudySource.Random)
            reader.Report("backbone", "belongs to random = true; a preset or a file says what it is.");
        var row = new StudyRow
        {
            Name = name,
            Source = source,
            Preset = preset,
            Weights = FilePaths.Absolute(weights),
            Backbone = source == StudySource.Random ? backbone : "",
            Settings = source == StudySource.Training
                ? StudySettings.Leaves("settings", o["settings"]).Select(s => s with { Key = s.Key["settings.".Length..] }).ToList()
                : [],
            Paper = Paper(o["paper"], dataSets, found),
        };
        if (o["settings"] is { } settings && (settings is not HoconObject || source != StudySource.Training))
            reader.Report("settings", "is a section with settings of a row that is trained, such as { cacl.model.padding = reflect }.");
        problems.AddRange(
            found.Concat(reader.Problems).Select(p => p with { Key = name.Length > 0 ? $"row {name}: {p.Key}" : $"study.rows: {p.Key}" }));
        return row;
    }

    private static StudySource Source(HoconObject o, SettingsReader reader)
    {
        var random = o["random"] is not null && reader.Boolean("random");
        var given = new[] { o["preset"] is not null, random, o["checkpoint"] is not null }.Count(g => g);
        if (given != 1)
            reader.Report("name", "needs exactly one of preset (a file that says how it is trained), random = true, and checkpoint "
                + "(weights as they are).");
        if (o["init-from"] is not null && o["preset"] is null)
            reader.Report("init-from", "belongs to a row with a preset; weights that are measured as they are go by checkpoint.");
        return random ? StudySource.Random : o["checkpoint"] is not null ? StudySource.Weights : StudySource.Training;
    }

    // A number is the mIoU of every data set; an object names metrics, or data sets with either.
    private static Dictionary<string, PaperValue> Paper(
        HoconValue? value, IReadOnlyList<StudyDataSet> dataSets, List<SettingsProblem> problems)
    {
        if (value is null) return [];
        if (value is not HoconObject o || o.Fields.Any(f => Metrics.Contains(f.Key)))
        {
            var all = Values(value, problems);
            return dataSets.ToDictionary(d => d.Name, _ => all);
        }

        var names = dataSets.Select(d => d.Name).ToList();
        foreach (var (name, at) in o.Fields.Where(f => !names.Contains(f.Key)))
        {
            problems.Add(new SettingsProblem(
                $"paper.{HoconWriter.Key(name)}", at.Origin,
                $"is neither a metric (miou, macc, aacc) nor a data set of this study ({string.Join(", ", names)})."));
        }

        return o.Fields.Where(f => names.Contains(f.Key)).ToDictionary(f => f.Key, f => Values(f.Value, problems));
    }

    private static PaperValue Values(HoconValue value, List<SettingsProblem> problems)
    {
        var o = value as HoconObject ?? new HoconObject([new("miou", value)], value.Origin);
        StudyFile.Unknown(o, "paper.", Metrics, problems);
        var reader = new SettingsReader(o);
        var read = new PaperValue(Percent("miou"), Percent("macc"), Percent("aacc"));
        problems.AddRange(reader.Problems.Select(p => p with { Key = $"paper.{p.Key}" }));
        return read;

        double? Percent(string metric) =>
            o[metric] is null ? null : reader.Number(metric, v => v is >= 0 and <= 100, "in percent, from 0 to 100");
    }

    private static string Beside(string file, string preset) =>
        preset.Length == 0 || Path.IsPathRooted(preset) || preset.StartsWith('~')
            ? FilePaths.Absolute(preset)
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, preset));
}
