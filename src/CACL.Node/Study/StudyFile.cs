using System.Globalization;
using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;
using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.Study;

/// <summary>Reads a study's file: a section <c>study</c> and the settings of all rows in a section <c>cacl</c>.</summary>
internal static class StudyFile
{
    private static readonly string[] Keys =
        ["title", "seeds", "evaluate-every-steps", "keep-checkpoints", "evaluation-deadline", "compare-with", "datasets", "files",
        "rows"];

    /// <summary>Reads a study's file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="overrides">Overrides, <c>key=value</c>; those of <c>study.</c> change the study, the others the settings of every
    /// row.</param>
    /// <param name="environment">Environment variables, for substitutions and for the rows' settings.</param>
    /// <exception cref="HoconException">The file is missing, or not HOCON.</exception>
    /// <exception cref="SettingsException">The file has problems: the message lists all of them.</exception>
    /// <exception cref="UserException">An override is invalid.</exception>
    public static StudyPlan Read(string file, IReadOnlyList<string> overrides, IReadOnlyDictionary<string, string> environment)
    {
        var loader = new HoconLoader(environment.GetValueOrDefault, SettingsFile.Open)
            .AddText("defaults of a study", Defaults)
            .AddFile(file);
        var forRows = new List<string>();
        foreach (var text in overrides)
        {
            var (key, value) = ConfigurationFiles.SplitOverride(text);
            if (key.StartsWith("study.", StringComparison.Ordinal)) loader.AddOverride(key, value, $"--set {text}");
            else forRows.Add(text);
        }

        var root = loader.Resolve();
        var problems = new List<SettingsProblem>();
        Unknown(root, "", ["study", "cacl"], problems);
        var plan = root["study"] is HoconObject study
            ? Plan(file, study, StudySettings.Leaves("cacl", root["cacl"]), forRows, environment, problems)
            : throw new UserException($"{file}: study is not a section; a study's file has a section study with title, datasets and rows.");
        return problems.Count == 0 ? plan : throw new SettingsException(problems);
    }

    /// <summary>Reports the unknown keys of an object.</summary>
    internal static void Unknown(HoconObject o, string section, IReadOnlyList<string> known, List<SettingsProblem> problems)
    {
        foreach (var (key, value) in o.Fields.Where(f => !known.Contains(f.Key)))
        {
            var near = EditDistance.Nearest(key, known);
            var hint = near is null ? $"Known are {string.Join(", ", known)}." : $"Did you mean {section}{near}?";
            problems.Add(new SettingsProblem(section + HoconWriter.Key(key), value.Origin, $"is not a known key. {hint}"));
        }
    }

    private const string Defaults =
        """
        study {
          title = ""
          seeds = [0]
          evaluate-every-steps = 0
          keep-checkpoints = false
          evaluation-deadline = 24h
          compare-with = ""
          datasets = []
          rows = []
        }
        """;

    private static StudyPlan Plan(
        string file, HoconObject study, IReadOnlyList<StudySetting> common, IReadOnlyList<string> overrides,
        IReadOnlyDictionary<string, string> environment, List<SettingsProblem> problems)
    {
        Unknown(study, "study.", Keys, problems);
        var reader = new SettingsReader(new HoconObject([new("study", study)], study.Origin));
        var dataSets = StudyDataSetReader.Read(study["datasets"]!, problems);
        var rows = StudyRowReader.Read(study["rows"]!, file, dataSets, problems);
        var plan = new StudyPlan
        {
            File = file,
            Title = reader.Text("study.title") is { Length: > 0 } title ? title : Path.GetFileNameWithoutExtension(file),
            Seeds = Seeds(reader),
            EvaluateEverySteps = reader.Integer("study.evaluate-every-steps", 0L, long.MaxValue / 4),
            KeepCheckpoints = reader.Boolean("study.keep-checkpoints"),
            EvaluationDeadline = reader.Duration("study.evaluation-deadline", TimeSpan.FromSeconds(10), TimeSpan.FromDays(30)),
            DataSets = dataSets,
            Rows = rows,
            CompareWith = reader.Text("study.compare-with") is { Length: > 0 } named ? named : rows.Count > 0 ? rows[0].Name : "",
            Common = common,
            Overrides = overrides,
            Environment = environment,
        };
        if (rows.Count > 0 && rows.All(r => r.Name != plan.CompareWith))
            reader.Report(
                "study.compare-with", $"is {plan.CompareWith}, which is no row; there are {string.Join(", ", rows.Select(r => r.Name))}.");
        problems.AddRange(reader.Problems);
        if (problems.Count == 0 && plan.DataSets.Count == 0)
            problems.Add(Empty("study.datasets", "name what to judge on, such as [\"folder:/data/camvid\"]."));
        if (problems.Count == 0 && plan.Rows.Count == 0)
            problems.Add(Empty("study.rows", "name what to compare, such as [{ name = CACL, preset = cacl.conf }]."));
        return plan;

        SettingsProblem Empty(string key, string remedy) => new(key, HoconOrigin.Of(file), $"is empty; {remedy}");
    }

    private static List<ulong> Seeds(SettingsReader reader)
    {
        var seeds = new List<ulong>();
        foreach (var text in reader.Texts("study.seeds", t => t))
        {
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
                reader.Report("study.seeds", $"holds '{text}'; a seed is a whole number from 0 to {ulong.MaxValue}.");
            else if (seeds.Contains(seed)) reader.Report("study.seeds", $"names {seed} twice.");
            else seeds.Add(seed);
        }

        if (seeds.Count == 0 && reader.IsSound("study.seeds")) reader.Report("study.seeds", "is empty; name at least one, such as [0, 1].");
        return seeds;
    }
}
