using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;
using CACL.Node.Settings;

namespace CACL.Node.Study;

/// <summary>Checks a study without starting it: its file, and the settings of every row.</summary>
internal static class StudyCheck
{
    /// <summary>Checks a file as <see cref="OtherCheck"/> does: it is a study's if it assigns <c>study</c>.</summary>
    public static (string Right, IReadOnlyList<string> Lines)? Of(
        string file, IReadOnlyList<string> overrides, IReadOnlyDictionary<string, string> environment)
    {
        if (!new HoconLoader(environment.GetValueOrDefault, SettingsFile.Open).AddFile(file).Assigns("study")) return null;
        var plan = StudyFile.Read(file, overrides, environment);
        var problems = plan.Rows.Where(row => row.Source == StudySource.Training)
            .Select(row => Problems(() => StudySettings.OfTraining(plan, row, plan.Seeds[0])))
            .Append(Problems(() => StudySettings.OfEvaluation(plan)))
            .SelectMany(found => found)
            // A problem with a setting of all rows occurs in each of them.
            .Distinct().ToList();
        if (problems.Count > 0) throw new SettingsException(problems);
        return ($"a study of {plan.Size}.", [.. plan.Rows.Select(Line)]);
    }

    private static IReadOnlyList<SettingsProblem> Problems(Func<ResolvedConfiguration> load)
    {
        try
        {
            load();
            return [];
        }
        catch (SettingsException e)
        {
            return e.Problems;
        }
    }

    private static string Line(StudyRow row)
    {
        var source = row.Source switch
        {
            StudySource.Random => $"an untrained {row.Backbone}",
            StudySource.Weights => $"{row.Weights} as it is",
            _ => $"{FilePaths.Shown(row.Preset)}{(row.Weights.Length > 0 ? $" from {row.Weights}" : "")}",
        };
        return $"{row.Name}: {source}{string.Concat(row.Settings.Select(s => $", {s.Key} = {s.Value}"))}";
    }
}
