using CACL.Configuration.Hocon;
using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.Study;

/// <summary>
/// The settings of a study's rows: preset, then the study's common settings, the row's own, the environment, the command line.
/// </summary>
internal static class StudySettings
{
    /// <summary>
    /// Returns the settings of a section, each with its full key. A section that is no object is a single, unknown setting.
    /// </summary>
    public static IReadOnlyList<StudySetting> Leaves(string path, HoconValue? value) => value switch
    {
        null => [],
        HoconObject o => [.. o.Fields.SelectMany(f => Leaves($"{path}.{HoconWriter.Key(f.Key)}", f.Value))],
        _ => [new StudySetting(path, HoconWriter.Inline(value), value.Origin)],
    };

    /// <summary>Returns the settings of a row's training.</summary>
    /// <exception cref="UserException">The preset or a setting is wrong.</exception>
    public static ResolvedConfiguration OfTraining(StudyPlan plan, StudyRow row, ulong seed)
    {
        var settings = Load(plan, [row.Preset], [.. plan.Common, .. row.Settings], Seed(seed));
        if (plan.EvaluateEverySteps == 0) return settings;
        // What is evaluated must be on the disk at its step, and stay there until it has been evaluated.
        var now = settings.Settings.Checkpoints.EverySteps;
        var every = now > 0 && plan.EvaluateEverySteps % now == 0 ? now : plan.EvaluateEverySteps;
        return Load(
            plan, [row.Preset], [.. plan.Common, .. row.Settings],
            [.. Seed(seed), $"cacl.checkpoints.every-steps={every}", "cacl.checkpoints.keep=1000"]);
    }

    /// <summary>Returns the settings of every evaluation, which no row's preset affects.</summary>
    /// <exception cref="UserException">A setting is wrong.</exception>
    public static ResolvedConfiguration OfEvaluation(StudyPlan plan) => Load(plan, [], plan.Common, []);

    private static string[] Seed(ulong seed) => [$"cacl.seed={seed}"];

    private static ResolvedConfiguration Load(
        StudyPlan plan, IEnumerable<string> files, IEnumerable<StudySetting> settings, IEnumerable<string> strongest) =>
        ConfigurationFiles.LoadLayers(
            files, settings.Select(s => (s.Key, s.Value, s.Origin.ToString())), [.. plan.Overrides, .. strongest], plan.Environment);
}
