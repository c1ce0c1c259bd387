using CACL.Data.Catalog;
using CACL.Data.Files;
using CACL.Learning.Runtime;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.RunInputs;
using CACL.Runs.Steps;

namespace CACL.Node.Explain;

/// <summary>A request to <c>cacl explain</c>.</summary>
/// <param name="Run">Run folder, absolute.</param>
/// <param name="Step">The step, counted from 1 as in metrics.jsonl.</param>
/// <param name="Out">Folder for output files, absolute, or null.</param>
/// <param name="Json">Whether standard output is one JSON object.</param>
/// <param name="Replays">Whether the losses are recomputed.</param>
/// <param name="Overrides">Settings that differ here: <c>key=value</c>.</param>
internal sealed record ExplainRequest(string Run, long Step, string? Out, bool Json, bool Replays, IReadOnlyList<string> Overrides);

/// <summary>Handles <c>cacl explain</c>, from its settings to its exit code.</summary>
internal static class ExplainHandler
{
    /// <summary>Explains a step.</summary>
    /// <param name="request">The request.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">Something that the user can fix.</exception>
    public static int Run(ExplainRequest request, IReadOnlyDictionary<string, string> environment, TextWriter output, TextWriter error)
    {
        using var interruption = new Interruption();
        using var run = PastRun.Open(request.Run, request.Overrides, environment);
        if (request.Step > run.Length.TotalSteps)
            throw new UserException($"The run in {run.Folder} has {run.Length.TotalSteps} steps in all; there is no step {request.Step}.");
        var decoders = ProgramDecoders.Create(run.Settings.Data.Decoder);
        var words = request.Json ? error : output;
        try
        {
            var prepared = PreparedInputs.Of(
                run.Catalog, new TrainingVideos(run.Videos, []), run.Settings.Data, run.Facts?.StartOf(request.Step), error.WriteLine);
            using var batches = new BatchRebuilder(
                run, new PreparedLibrary(run.Catalog, prepared), decoders.Preferring(prepared), Math.Max(1, Environment.ProcessorCount));
            using var batch = batches.Rebuild(request.Step - 1, interruption.Token);
            var recorded = RecordedSteps.Read(run.Folder, request.Step, request.Step);
            var explanation = new Explanation(
                run.Folder, batch, run.Length.Videos, recorded.At(request.Step), recorded.Last?.Step ?? 0, run.Method.Metrics);
            if (!request.Json) ExplanationText.Write(explanation, output);
            if (request.Out is not null) WritePictures(request, run, batches, explanation, interruption.Token);
            if (!request.Json) output.WriteLine();
            var replay = request.Replays ? new Replay(run, batches, error.WriteLine).Run(batch, interruption.Token) : null;
            if (replay is not null) ExplanationText.Write(replay, request.Step, words);
            var json = ExplanationJson.Of(explanation, replay);
            if (request.Out is null) words.WriteLine("--out DIR writes this as JSON and CSV, and a contact sheet of the pictures.");
            else WriteTables(request, explanation, json.ToJsonString(Indented), words);
            if (request.Json) output.WriteLine(json.ToJsonString());
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            throw new OperationCanceledException("Stopped before the step was recomputed.");
        }
    }

    private static System.Text.Json.JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    private static void WritePictures(
        ExplainRequest request, PastRun run, BatchRebuilder batches, Explanation explanation, CancellationToken cancel)
    {
        LibTorchLoader.Load(run.Settings.Training.LibTorch is { Length: > 0 } folder ? folder : null);
        var sheet = new ContactSheet(explanation, run.Settings.Data.CropSize, run.Settings.Model.SpatialRoll);
        var shown = explanation.Batch.Samples.Take(ContactSheet.MostSamples).ToList();
        sheet.Write(batches.WholeFrames(shown, sheet.FrameSide, cancel), Name(request, "png"));
    }

    private static void WriteTables(ExplainRequest request, Explanation explanation, string json, TextWriter words)
    {
        Write(Name(request, "csv"), ExplanationCsv.Of(explanation));
        Write(Name(request, "json"), json + "\n");
        words.WriteLine($"Written: {Name(request, "png")}, {Path.GetFileName(Name(request, "csv"))} and "
            + $"{Path.GetFileName(Name(request, "json"))} in the same folder.");
    }

    private static string Name(ExplainRequest request, string ending) => Path.Combine(request.Out!, $"step-{request.Step:D8}.{ending}");

    private static void Write(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.WriteText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be written: {e.Message.TrimEnd('.')}. Name another folder with --out, or make room "
                + "there.", e);
        }
    }
}
