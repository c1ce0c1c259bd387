using System.Globalization;
using System.Text.RegularExpressions;

namespace CACL.Node.Tests.Faults;

/// <summary>A place in the program at which it is killed: before a system call. A kill after one is a kill before the next.</summary>
/// <param name="Name">What happens there.</param>
/// <param name="Call">The system call.</param>
/// <param name="When">The number of the call in its thread, from 1.</param>
/// <param name="Expected">Pattern that the call matches as strace writes it.</param>
/// <param name="Path">Counts only calls on this path in the run folder; null: all. Of renames, strace knows only the former name.</param>
internal sealed record KillPoint(string Name, string Call, int When, string Expected, string? Path = null)
{
    private const string Unfinished = "checkpoints/\\.incomplete-step-";

    /// <summary>Points in a training with a checkpoint every few steps, of which one is kept. The training's own thread makes fewer calls
    /// of each kind than the numbers here, so that they hit the thread that writes checkpoints.</summary>
    public static IReadOnlyList<KillPoint> OfCheckpoints { get; } =
    [
        new("the middle of a file", "pwrite64", 60, Unfinished + ".*safetensors"),
        new("the rename of the checkpoint is done, not synced", "fsync", 1, "checkpoints>", "checkpoints"),
        new("before the second checkpoint's first fsync", "fsync", 12, Unfinished),
        new("before `latest` moves", "rename", 7, "incomplete-latest.*latest"),
        new("`latest` has moved, not synced", "fsync", 2, "checkpoints>", "checkpoints"),
        new("before an old checkpoint is hidden", "rename", 5, "step-0.*incomplete-step-0"),
        new("the middle of an old checkpoint's removal", "unlink", 8, "safetensors|json"),
        new("before the second file's fsync", "fsync", 13, Unfinished + ".*safetensors"),
        new("before the third file's fsync", "fsync", 14, Unfinished + ".*safetensors"),
        new("before the fourth file's fsync", "fsync", 15, Unfinished + ".*safetensors"),
        new("before the state's fsync", "fsync", 16, Unfinished),
        new("before the manifest's fsync", "fsync", 17, Unfinished),
        new("the folder is complete, not synced", "fsync", 18, Unfinished),
        new("before the checkpoint's rename", "rename", 6, Unfinished + ".*checkpoints/step-"),
        new("before `latest` is made", "symlink", 2, "incomplete-latest"),
        new("an old checkpoint is empty, not gone", "rmdir", 1, Unfinished),
        new("metrics are about to be synced", "fsync", 1, "metrics.jsonl", "metrics.jsonl"),
        new("a line of metrics", "pwrite64", 8, "metrics.jsonl", "metrics.jsonl"),
        new("before the folder of a checkpoint is made", "mkdir", 2, Unfinished) { IsInResumedRun = true },
    ];

    /// <summary>Points in the files of evaluations.</summary>
    /// <param name="pending">A request's file, relative to the run folder.</param>
    public static IReadOnlyList<KillPoint> OfEvaluations(string pending) =>
    [
        new("the line of an evaluation", "pwrite64", 1, "evaluations.jsonl", "evaluations.jsonl"),
        new("the line is not synced", "fsync", 1, "evaluations.jsonl", "evaluations.jsonl"),
        new("the request is about to go", "unlink", 1, "pending", pending),
        new("the checkpoint is pinned, not synced", "fsync", 1, "pending", "evaluations/pending"),
        new("the request is written, not synced", "fsync", 2, "pending", "evaluations/pending"),
    ];

    /// <summary>Points in the journal of changes.</summary>
    public static IReadOnlyList<KillPoint> OfTheJournal { get; } =
    [
        new("the line of a change", "pwrite64", 1, "control.jsonl", "control.jsonl"),
        new("the change is not synced", "fsync", 1, "control.jsonl", "control.jsonl"),
    ];

    /// <summary>Which call it is, where that need not be the one of its name: a checkpoint of other files has other numbers.</summary>
    public string Counted => string.Create(CultureInfo.InvariantCulture, $"call {When} of {Call}");

    /// <summary>Whether only a resumed run passes it.</summary>
    public bool IsInResumedRun { get; init; }

    /// <summary>strace's options for it.</summary>
    public string[] OptionsFor(string run)
    {
        string[] path = Path is null ? [] : ["-P", System.IO.Path.Combine(run, Path)];
        var kill = string.Create(CultureInfo.InvariantCulture, $"inject={Call}:signal=SIGKILL:when={When}");
        return [.. path, "-e", $"trace={Call}", "-e", kill];
    }

    /// <summary>Asserts that the program died at this point.</summary>
    public void AssertReached(string log)
    {
        var last = File.ReadLines(log).LastOrDefault(line => line.Contains($" {Call}(", StringComparison.Ordinal)) ?? "";
        Assert.True(Regex.IsMatch(last, Expected), $"\"{Name}\" was not reached; the program was killed at: {last}");
    }
}
