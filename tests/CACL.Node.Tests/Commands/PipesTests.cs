using CACL.Node.Ending;
using CACL.Node.Tests.EndToEnd;
using CACL.Testing;

namespace CACL.Node.Tests.Commands;

/// <summary>
/// Checks that every verb that expects a file rejects a pipe without a writer by name, instead of waiting for it. The program used to wait
/// for ever; here it has a deadline.
/// </summary>
public sealed class PipesTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("train", "--config", "PIPE")]
    [InlineData("train", "--config", "INCLUDING")]
    [InlineData("config", "check", "PIPE")]
    [InlineData("config", "show", "--config", "PIPE")]
    [InlineData("study", "PIPE")]
    [InlineData("videos", "scan", "PIPE.txt")]
    [InlineData("videos", "scan", "PIPE.mp4")]
    [InlineData("videos", "scan", "CLIPS", "--catalog", "PIPE")]
    [InlineData("import", "PIPE.pth", "--out", "OUT.safetensors")]
    [InlineData("import", "PIPE.safetensors", "--out", "OUT.safetensors")]
    [InlineData("export", "--checkpoint", "PIPE.safetensors", "--out", "OUT.safetensors")]
    [InlineData("verify", "--golden", "PIPES")]
    [InlineData("evaluate", "--checkpoint", "PIPE.safetensors", "--dataset", "folder", "--data", "DATA", "--protocol", "linear")]
    [InlineData("visualize", "--checkpoint", "PIPE.safetensors", "--video", "CLIP")]
    public async Task A_pipe_named_on_the_command_line_is_refused(params string[] arguments) => await AssertRefusedAsync(arguments);

    [Theory]
    [InlineData("images/train/0.png")]
    [InlineData("labels/val/1.png")]
    [InlineData("classes.txt")]
    public async Task A_pipe_among_a_data_sets_files_is_refused(string file)
    {
        var data = runs.Folder($"data-{file.Replace('/', '-')}");
        LabelledPictures.Write(data);
        Replace(Path.Combine(data, file));
        await AssertRefusedAsync(["datasets", "check", "--dataset", "folder", "--data", data], file);
        await AssertRefusedAsync(
            [
                "evaluate", "--checkpoint", "random", "--dataset", "folder", "--data", data, "--protocol", "linear", "--variant", "quick",
                "--set", "cacl.evaluation.device=cpu", "--set", "cacl.evaluation.threads=1",
            ],
            file);
    }

    [Fact]
    public async Task A_pipe_in_place_of_a_list_of_images_is_refused()
    {
        var data = runs.Folder("voc");
        foreach (var folder in new[] { "JPEGImages", "SegmentationClass", "ImageSets/Segmentation" })
            Directory.CreateDirectory(Path.Combine(data, folder));
        SpecialFiles.Pipe(Path.Combine(data, "ImageSets/Segmentation/train.txt"));
        await AssertRefusedAsync(["datasets", "check", "--dataset", "voc", "--data", data], "train.txt");
    }

    [Fact]
    public async Task A_pipe_in_place_of_a_video_is_refused_beside_a_sound_checkpoint()
    {
        var run = runs.Undisturbed;
        await AssertRefusedAsync(["visualize", "--checkpoint", run, "--video", "PIPE.mp4"]);
        await AssertRefusedAsync(["visualize", "--checkpoint", run, "--video", "PIPE.png"]);
        await AssertRefusedAsync(["segment", "--checkpoint", run, "--classifier", "PIPE.safetensors", "--video", "CLIP"]);
        await AssertRefusedAsync(runs.Train(runs.Folder("from-pipe"), "--init-from", "PIPE.safetensors"));
        await AssertRefusedAsync(runs.Train(runs.Folder("of-pipe"), "--set", "cacl.data.videos=PIPE.csv"));
    }

    [Theory]
    [InlineData("metrics.jsonl", true, "status", "--run", "RUN")]
    [InlineData("node.json", false, "status", "--run", "RUN")]
    [InlineData("outcome.json", false, "status", "--run", "RUN")]
    [InlineData("quarantine.jsonl", true, "status", "--run", "RUN")]
    [InlineData("evaluations.jsonl", true, "evaluations", "--run", "RUN")]
    [InlineData("metrics.jsonl", true, "explain", "--run", "RUN", "--step", "9")]
    [InlineData("config.resolved.conf", true, "explain", "--run", "RUN", "--step", "9")]
    [InlineData("checkpoints/latest/query.safetensors", true, "export", "--checkpoint", "RUN", "--out", "OUT.safetensors")]
    [InlineData("checkpoints/latest/manifest.json", true, "export", "--checkpoint", "RUN", "--out", "OUT.safetensors")]
    [InlineData("metrics.jsonl", true, "TRAIN")]
    [InlineData("control.jsonl", true, "TRAIN")]
    [InlineData("train.log", true, "TRAIN")]
    [InlineData("quarantine.jsonl", true, "TRAIN")]
    [InlineData(".lock", true, "TRAIN")]
    public async Task A_pipe_among_a_runs_files_holds_nobody_up(string file, bool refused, params string[] arguments)
    {
        var run = runs.LinkedCopyOfUndisturbed($"run-{Guid.NewGuid():N}");
        Replace(Path.Combine(run, file));
        string[] command = arguments is ["TRAIN"]
            ? runs.Train(run, "--resume")
            : [.. arguments.Select(argument => argument == "RUN" ? run : argument)];
        if (refused) await AssertRefusedAsync(command, Path.GetFileName(file));
        else Assert.Equal(ExitCodes.Success, (await RunAsync(command)).Status);
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_passed_over_where_a_pipe_lies_in_it()
    {
        var run = runs.LinkedCopyOfUndisturbed("piped-checkpoint");
        Replace(Path.Combine(run, "checkpoints", "step-00000016", "state.json"));
        var (status, output) = await RunAsync(runs.Train(run, "--resume"));
        Assert.True(status == ExitCodes.Success, output);
        Assert.Contains("step-00000016", output, StringComparison.Ordinal);
        Assert.Contains("is a pipe, not a regular file", output, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string[] arguments, string? name = null)
    {
        var (status, output) = await RunAsync(arguments);
        Assert.True(status == ExitCodes.Failure, $"exit status {status}:\n{output}");
        Assert.Contains(name ?? "pipe", output, StringComparison.Ordinal);
        Assert.Contains("is a pipe", output, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected fault", output, StringComparison.Ordinal);
    }

    private async Task<(int Status, string Output)> RunAsync(string[] arguments)
    {
        MadeClips.Require();
        string[] command = [.. arguments.Select(Named)];
        if (command[0] == "train")
        {
            using var process = CaclProcess.Start(command);
            return await Task.Run(() => (process.WaitForExit(Deadline), process.Output));
        }

        // This has a thread of its own: one that waits would be left behind.
        var cancel = TestContext.Current.CancellationToken;
        var (status, output, error) = await Task.Run(() => CommandLine.Run(command), cancel).WaitAsync(Deadline, cancel);
        return (status, output + error);
    }

    /// <summary>Returns what the placeholders in the command lines above stand for.</summary>
    private string Named(string argument)
    {
        const string videos = "cacl.data.videos=";
        if (argument.StartsWith(videos, StringComparison.Ordinal)) return videos + Named(argument[videos.Length..]);
        if (argument.StartsWith("OUT", StringComparison.Ordinal)) return runs.Folder($"{Guid.NewGuid():N}{Path.GetExtension(argument)}");
        switch (argument)
        {
            case "CLIPS":
                return runs.Clips;
            case "CLIP":
                return Directory.GetFiles(runs.Clips)[0];
            case "DATA":
                if (!Directory.Exists(runs.Folder("data"))) LabelledPictures.Write(runs.Folder("data"));
                return runs.Folder("data");
            case "INCLUDING":
                File.WriteAllText(runs.Folder("including.conf"), $"include \"{Named("PIPE")}\"");
                return runs.Folder("including.conf");
            case "PIPES":
                Directory.CreateDirectory(runs.Folder("pipes"));
                Pipe(runs.Folder(Path.Combine("pipes", "pipe.safetensors")));
                return runs.Folder("pipes");
            default:
                return argument.StartsWith("PIPE", StringComparison.Ordinal) ? Pipe(runs.Folder("pipe" + argument[4..])) : argument;
        }
    }

    private static string Pipe(string path)
    {
        if (!File.Exists(path)) SpecialFiles.Pipe(path);
        return path;
    }

    private static void Replace(string file)
    {
        File.Delete(file);
        SpecialFiles.Pipe(file);
    }
}
