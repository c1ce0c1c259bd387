using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.Tests.Faults;

/// <summary>A training whose kills are tried.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Settings">Arguments of the program.</param>
/// <param name="Points">Where it is killed, once each in one pass; null: at a random moment.</param>
internal sealed record KillHistory(string Name, string[] Settings, IReadOnlyList<KillPoint?> Points)
{
    public const int Steps = 16;

    /// <summary>Settings of a short training.</summary>
    public static readonly string[] Short = ["--set", $"cacl.training.max-steps={Steps}"];

    /// <summary>Changes that are made during it.</summary>
    public IReadOnlyList<(string Step, string Setting, string Value)> Journal { get; init; } = [];

    /// <summary>Its exit code if it is not killed.</summary>
    public int ExitCode { get; init; }

    /// <summary>Whether its checkpoints have the files by which the points count their calls.</summary>
    public bool IsCounted { get; init; } = true;

    /// <summary>Whether it rolls back, and is killed only after that.</summary>
    public bool IsRolledBack { get; init; }

    /// <summary>Steps between two checkpoints.</summary>
    public int Interval { get; init; } = 5;

    /// <summary>The step of its last checkpoint.</summary>
    public int Last { get; init; } = Steps;

    /// <summary>Steps whose samples are compared.</summary>
    public IReadOnlyList<int> Explained { get; init; } = [1, 6, 11, Steps];

    /// <summary>
    /// Each method; changes of what is computed; evaluations beside; losses that are not finite, and roll-backs. Two histories share the
    /// points in a checkpoint.
    /// </summary>
    /// <param name="pictures">A folder of labelled pictures.</param>
    public static IReadOnlyList<KillHistory> All(string pictures)
    {
        string[] one = ["--set", "cacl.checkpoints.keep=1"];
        var points = KillPoint.OfCheckpoints;
        // One evaluation, of the first checkpoint: of more, a newer one may take the place of one that waits or was interrupted.
        string[] evaluated =
        [
            .. Short, "--set", $"cacl.evaluation.datasets=folder:{pictures}", "--set", "cacl.evaluation.quick.image-size=32",
            "--set", "cacl.evaluation.quick.epochs=2", "--set", "cacl.evaluation.every-steps=9", "--set",
            "cacl.evaluation.at-end=false", "--set", "cacl.checkpoints.every-steps=9",
        ];
        string[] diverging =
        [
            .. Short, "--set", "cacl.training.on-nan=rollback", "--set", "cacl.training.learning-rate=1000", "--set",
            "cacl.training.optimiser=sgd", "--set", "cacl.training.sgd.weight-decay=1",
        ];
        return
        [
            new("cacl", [.. Short, .. one], [.. points.Where((_, i) => i % 2 == 0), null]),
            new("evaluations", evaluated, [.. KillPoint.OfEvaluations("evaluations/pending/pictures-linear@00000009.json"), null])
            {
                Interval = 9,
            },
            new("changes", [.. Short, .. one], [.. points.Where((_, i) => i % 2 == 1), null])
            {
                Journal = [("1", "learning_rate_factor", "0.5"), ("7", "loss_weights.pixel", "2.5"), ("12", "learning_rate_factor", "1.5")],
            },
            // The rate makes the weights grow until they overflow at step 8: three roll-backs, then the run ends after step 10 was saved.
            new("rollback", diverging, [null, null, null, null])
            {
                Journal = [("1", "learning_rate_factor", "0.0001"), ("6", "learning_rate_factor", "1000")],
                ExitCode = 1,
                IsRolledBack = true,
                Last = 10,
                Explained = [1, 7],
            },
            .. KnownMethods.All.Where(method => method != KnownMethods.Cacl).Select((method, i) => new KillHistory(
                method.Word,
                [
                    .. Short, .. one, "--set", $"cacl.method={method.Word}", "--set", "cacl.model.projector-hidden=32", "--set",
                    "cacl.training.scale-learning-rate=false", "--set", "cacl.training.warmup-epochs=0",
                ],
                [points[i], null, points[^(i + 1)]])
            {
                IsCounted = false,
            }),
        ];
    }

    /// <summary>One pass over all points, in an order in which a few kills meet different histories.</summary>
    public static IReadOnlyList<(KillHistory History, KillPoint? Point)> Plan(IEnumerable<KillHistory> histories) =>
    [
        .. histories.SelectMany(history => history.Points.Select((point, turn) => (history, point, turn))).OrderBy(kill => kill.turn)
            .Select(kill => (kill.history, kill.point)),
    ];

    /// <summary>Says where it is killed: by the point's name only if that is checked.</summary>
    public string Where(KillPoint? point) =>
        IsRolledBack ? "behind a roll-back" : point is null ? "a random moment" : IsCounted ? point.Name : point.Counted;

    /// <summary>Writes the changes into a run folder that does not exist yet.</summary>
    public void Prepare(string run)
    {
        if (Journal.Count == 0) return;
        Directory.CreateDirectory(run);
        File.WriteAllLines(
            Path.Combine(run, RunFiles.Control),
            Journal.Select(change => "{\"time\":\"2026-01-01T00:00:00+00:00\","
                + $"\"step\":{change.Step},\"setting\":\"{change.Setting}\",\"value\":{change.Value},\"by\":\"a test\"}}"));
    }
}
