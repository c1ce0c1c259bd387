using System.Diagnostics;
using System.Text.Json;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>A folder for runs on <see cref="MadeClips"/>, and settings for a run of a few seconds.</summary>
public sealed class SmallRuns(MadeClips clips) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal string Clips => clips.Videos;

    /// <summary>Folder of a complete, undisturbed run, which is made once. It must not be written to.</summary>
    internal string Undisturbed => clips.Undisturbed(run =>
    {
        var (exit, output) = CaclProcess.Run(Train(run));
        Assert.True(exit == 0, output);
        // Akka's own loggers write nothing in addition to ours.
        Assert.DoesNotContain("[DEBUG]", output);
    });

    /// <summary>Returns a copy of that run that a test may change.</summary>
    internal string CopyOfUndisturbed(string name)
    {
        using var copying = Process.Start("cp", ["--archive", Undisturbed, Folder(name)]);
        Assert.True(copying.WaitForExit(TimeSpan.FromMinutes(1)) && copying.ExitCode == 0);
        return Folder(name);
    }

    /// <summary>
    /// Returns a copy of that run whose checkpoints are hard links to the same files: it is quick to make, but they may only be removed,
    /// not written to.
    /// </summary>
    internal string LinkedCopyOfUndisturbed(string name)
    {
        Directory.CreateDirectory(Folder(name));
        foreach (var file in Directory.EnumerateFiles(Undisturbed)) File.Copy(file, Path.Combine(Folder(name), Path.GetFileName(file)));
        using var linking = Process.Start("cp", ["--archive", "--link", Path.Combine(Undisturbed, "checkpoints"), Folder(name)]);
        Assert.True(linking.WaitForExit(TimeSpan.FromMinutes(1)) && linking.ExitCode == 0);
        return Folder(name);
    }

    public void Dispose() => _folder.Dispose();

    internal string Folder(string name) => _folder.File(name);

    /// <summary>Returns the command line of a run of 16 steps with a checkpoint every 5.</summary>
    internal string[] Train(string run, params string[] more)
    {
        MadeClips.Require();
        var configuration = _folder.File("small.conf");
        File.WriteAllText(
            configuration,
            $$"""
            cacl {
              seed = 11
              data { videos = ["{{Clips}}"], catalog = "{{clips.Catalog}}", crop-size = 32, decoders = 2 }
              model { queue-size = 64, enqueue-pixels = 2, bn-splits = 2, momentum = 0.9 }
              training { device = cpu, threads = 1, batch-size = 4, max-steps = 16, learning-rate = 0.1 }
              checkpoints { every-steps = 5 }
            }
            """);
        return ["train", "--config", configuration, "--run", run, .. more];
    }

    /// <summary>Returns step and losses of each line of metrics.jsonl, as text.</summary>
    internal static string[] Losses(string run) =>
    [
        .. File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Select(m =>
            string.Join(' ', new[] { "step", "loss", "loss_global", "loss_pixel", "loss_cycle", "top1_global", "cycle_back", "lr" }
                .Select(key => m.GetProperty(key).GetRawText()))),
    ];

    /// <summary>Returns how many steps a run has recorded so far.</summary>
    internal static int Steps(string run)
    {
        var file = Path.Combine(run, "metrics.jsonl");
        return File.Exists(file) ? File.ReadAllText(file).Count(c => c == '\n') : 0;
    }
}
