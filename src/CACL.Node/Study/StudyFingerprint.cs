using System.Globalization;
using CACL.Node.Ending;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Study;

/// <summary>
/// The fingerprint of a study: what decides its numbers, so that everything measured under it can be compared. Rows and seeds may come and
/// go.
/// </summary>
internal static class StudyFingerprint
{
    // The keys that decide what an evaluation computes; the rest of cacl.evaluation is about how it is carried out, or what a training does
    // besides.
    private static readonly string[] Computing =
    [
        "cacl.evaluation.seed", "cacl.evaluation.train-split", "cacl.evaluation.test-split", "cacl.evaluation.tile-",
        "cacl.evaluation.features.precision", "cacl.evaluation.sweep-held-out",
        "cacl.evaluation.linear.", "cacl.evaluation.limited.", "cacl.evaluation.quick.",
    ];

    // Settings of one protocol count where it is used: others may change, and a study from before they existed goes on.
    private static readonly (string Key, string Protocol)[] OfProtocols =
    [
        ("cacl.evaluation.clusters.", EvaluationProtocols.Clusters), ("cacl.evaluation.quick.clusters-", EvaluationProtocols.Clusters),
        ("cacl.evaluation.knn.", EvaluationProtocols.Neighbours), ("cacl.evaluation.quick.knn-", EvaluationProtocols.Neighbours),
    ];

    /// <summary>Returns the fingerprint of a study.</summary>
    /// <exception cref="UserException">A preset or setting is wrong.</exception>
    public static IReadOnlyDictionary<string, string> Of(StudyPlan plan)
    {
        var all = new SortedDictionary<string, string>(
            StringComparer.Ordinal)
        { ["study.evaluate-every-steps"] = $"{plan.EvaluateEverySteps}" };
        foreach (var set in plan.DataSets)
        {
            all[$"data set {set.Name}"] = string.Join(
                ", ", $"{set.Kind}", $"train {set.TrainSplit ?? "as usual"}", $"test {set.TestSplit ?? "as usual"}", $"{set.Protocol}",
                $"{set.Variant}", $"fraction {set.Fraction?.ToString("R", CultureInfo.InvariantCulture) ?? "1"}")
                + (set.SweepRates is { } rates
                    ? $", sweep {string.Join(' ', rates.Select(rate => rate.ToString("R", CultureInfo.InvariantCulture)))}".TrimEnd()
                    : "");
        }

        foreach (var setting in StudySettings.OfEvaluation(plan).Keys.Where(k => Computes(plan, k.Key)))
            all[setting.Key] = setting.Text;
        foreach (var row in plan.Rows)
        {
            all[$"row {row.Name}: source"] = $"{row.Source} {row.Backbone}{row.Weights}".Trim();
            if (row.Source != StudySource.Training) continue;
            foreach (var (key, text) in StudySettings.OfTraining(plan, row, plan.Seeds[0]).Fingerprint.Where(f => f.Key != "cacl.seed"))
                all[$"row {row.Name}: {key}"] = text;
        }

        return all;
    }

    private static bool Computes(StudyPlan plan, string key)
    {
        var own = OfProtocols.FirstOrDefault(o => key.StartsWith(o.Key, StringComparison.Ordinal)).Protocol;
        return own is not null
            ? plan.DataSets.Any(set => set.Protocol == own)
            : Computing.Any(c => key.StartsWith(c, StringComparison.Ordinal));
    }

    /// <summary>Throws if a study would continue with other numbers.</summary>
    /// <exception cref="UserException">It would; the message lists what changed.</exception>
    public static void Check(IReadOnlyDictionary<string, string> then, IReadOnlyDictionary<string, string> now, string folder)
    {
        var rowsThen = Rows(then);
        var rowsNow = Rows(now);
        var shared = rowsThen.Intersect(rowsNow).ToHashSet();
        var changes = ResolvedConfiguration.Difference(Kept(then), Kept(now));
        if (changes.Count == 0) return;
        // A setting of all rows would otherwise be reported once for each of them.
        var told = changes.GroupBy(c => RowOf(c) is { } row ? c[(Prefix(row).Length)..] : c)
            .Select(g => g.Count() == 1 ? g.First() : $"{g.Key} ({g.Count()} rows)").ToList();
        throw new UserException(
            $"The study in {folder} was begun with other settings:\n  "
                + $"{string.Join("\n  ", told.Take(20))}{(told.Count > 20 ? $"\n  … and {told.Count - 20} more" : "")}\n"
            + "Its results and new ones do not belong in one table. Use the former settings again, name another folder with --out, or "
            + "start again with --overwrite (deletes it).");

        // A setting that only one of two program versions knows has its default, which changes nothing.
        Dictionary<string, string> Kept(IReadOnlyDictionary<string, string> all) =>
            all.Where(p => (RowOf(p.Key) is not { } row || shared.Contains(row)) && (
                !IsSetting(p.Key) || (then.ContainsKey(p.Key) && now.ContainsKey(p.Key))))
                .ToDictionary(p => p.Key, p => p.Value);
    }

    private static bool IsSetting(string key) =>
        (RowOf(key) is { } row ? key[Prefix(row).Length..] : key).StartsWith("cacl.", StringComparison.Ordinal);

    private static IEnumerable<string> Rows(IReadOnlyDictionary<string, string> all) => all.Keys.Select(RowOf).OfType<string>().Distinct();

    private static string Prefix(string row) => $"row {row}: ";

    private static string? RowOf(string key)
    {
        if (!key.StartsWith("row ", StringComparison.Ordinal)) return null;
        var end = key.IndexOf(": ", StringComparison.Ordinal);
        return end < 0 ? null : key[4..end];
    }
}
