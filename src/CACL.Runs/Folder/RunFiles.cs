namespace CACL.Runs.Folder;

/// <summary>The names of the JSON Lines files that a run's actors write into its folder.</summary>
public static class RunFiles
{
    /// <summary>A line of figures for each step.</summary>
    public const string Metrics = "metrics.jsonl";

    /// <summary>A line for each video that could not be used.</summary>
    public const string Quarantine = "quarantine.jsonl";

    /// <summary>A line for each evaluation.</summary>
    public const string Evaluations = "evaluations.jsonl";

    /// <summary>A line for each change made during the run.</summary>
    public const string Control = "control.jsonl";
}
