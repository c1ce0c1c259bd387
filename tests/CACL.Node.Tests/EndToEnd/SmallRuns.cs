using System.Text.Json;
using CACL.Node.Demo;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Twelve made clips, scanned once, and settings that make a run of a few seconds.</summary>
public sealed class SmallRuns : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal string Catalog => _folder.File("catalog.sqlite");

    internal string Clips => _folder.File("videos");

    public async ValueTask InitializeAsync()
    {
        if (!HasFfmpeg) return;
        await new SyntheticClips(_folder.Path, seed: 5).MakeAsync(12, _ => { }, CancellationToken.None);
        var (exit, output) = CaclProcess.Run("videos", "scan", Clips, "--catalog", Catalog);
        Assert.True(exit == 0, output);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal string Folder(string name) => _folder.File(name);

    /// <summary>The command line of a run of 16 steps with a checkpoint every 5.</summary>
    internal string[] Train(string run, params string[] more)
    {
        Assert.SkipUnless(HasFfmpeg, "ffmpeg is not installed.");
        var configuration = _folder.File("small.conf");
        File.WriteAllText(
            configuration,
            $$"""
            cacl {
              seed = 11
              data { videos = ["{{Clips}}"], catalog = "{{Catalog}}", crop-size = 32, decoders = 2 }
              model { queue-size = 64, enqueue-pixels = 2, bn-splits = 2, momentum = 0.9 }
              training { device = cpu, threads = 1, batch-size = 4, max-steps = 16, learning-rate = 0.1 }
              checkpoints { every-steps = 5 }
            }
            """);
        return ["train", "--config", configuration, "--run", run, .. more];
    }

    /// <summary>Step and losses of each line of metrics.jsonl, as they stand there.</summary>
    internal static string[] Losses(string run) =>
    [
        .. File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Select(m =>
            string.Join(' ', new[] { "step", "loss", "loss_global", "loss_pixel", "loss_cycle", "top1_global", "cycle_back", "lr" }
                .Select(key => m.GetProperty(key).GetRawText()))),
    ];

    /// <summary>How many steps a run has recorded so far.</summary>
    internal static int Steps(string run)
    {
        var file = Path.Combine(run, "metrics.jsonl");
        return File.Exists(file) ? File.ReadAllText(file).Count(c => c == '\n') : 0;
    }

    private static bool HasFfmpeg { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "ffmpeg")));
}
