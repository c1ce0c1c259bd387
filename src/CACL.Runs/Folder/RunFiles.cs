namespace CACL.Runs.Folder;

/// <summary>Names of what a run's actors write into its folder, each a file of one JSON object a line.</summary>
public static class RunFiles
{
    /// <summary>A line of figures for each step.</summary>
    public const string Metrics = "metrics.jsonl";

    /// <summary>A line for each video that could not be used.</summary>
    public const string Quarantine = "quarantine.jsonl";

    /// <summary>A line for each evaluation.</summary>
    public const string Evaluations = "evaluations.jsonl";

    /// <summary>A line for each change made while the run went on.</summary>
    public const string Control = "control.jsonl";
}
