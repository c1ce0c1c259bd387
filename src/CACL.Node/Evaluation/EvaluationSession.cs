using System.Diagnostics;
using System.Runtime.CompilerServices;
using CACL.Data.DataSets;
using CACL.Data.Wording;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Evaluation.Similarity;
using CACL.Learning.Runtime;
using CACL.Node.Devices;
using CACL.Node.Display;
using CACL.Node.Ending;
using CACL.Node.Programs;
using TorchSharp;

namespace CACL.Node.Evaluation;

/// <summary>Handles <c>cacl evaluate</c>, from its settings to its exit code.</summary>
internal static class EvaluationSession
{
    // Pictures by which heads are found to have collapsed, and their longest side where no other is set: few and small, for the spread of a
    // collapsed head is the same in all.
    private const int CollapsePictures = 4;
    private const int CollapseSize = 512;

    /// <summary>Evaluates, and reports the result.</summary>
    /// <param name="request">The request.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">Something that the user can fix.</exception>
    public static int Run(EvaluateRequest request, TextWriter output, TextWriter error)
    {
        using var interruption = new Interruption();
        var words = request.Json ? error : output;
        var display = new EvaluationDisplay(words, request.Settings.Logging.ProgressEvery, TimeProvider.System);
        var files = new EvaluationFiles(request.Out, request.Beside);
        try
        {
            var device = DeviceChoice.Resolve(request.Settings.Evaluation.Device, request.Settings.Training.LibTorch);
            var threads = TorchThreads.Use(request.Settings.Evaluation.Threads);
            var precision = PrecisionChoice.Resolve(
                request.Settings.Evaluation.Precision, SettingNames.EvaluationPrecision, device,
                request.Settings.Training.AllowSlowBf16);
            var result = Evaluate(request, device, precision, threads, display, files, interruption.Token);
            files.WriteResult(result);
            ResultTable.Write(result, words);
            if (request.Out is not null) words.WriteLine($"Written to {request.Out}.");
            if (request.Json) output.WriteLine(result.ToJson());
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            throw interruption.Stopped("The evaluation was stopped. There is no result.");
        }
    }

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static EvaluationResult Evaluate(
        EvaluateRequest request, string deviceName, Precision precision, int threads, EvaluationDisplay display, EvaluationFiles files,
        CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var settings = request.Settings.Evaluation;
        var device = torch.device(deviceName);
        var data = SegmentationDataSets.Open(request.Kind, request.Data);
        var train = Split(
            data, settings.TrainSplit, data.DefaultTrainSplit, request.Quick ? settings.QuickTrainImages : 0, request.Fraction,
            settings.Seed);
        var test = Split(data, settings.TestSplit, data.DefaultTestSplit, request.Quick ? settings.QuickTestImages : 0, 1, settings.Seed);
        using var representation = Representation.Load(
            request.Checkpoint, request.Backbone, request.Settings.Seed, device, request.Limited, precision);
        TorchSwitches.Set(device, precision, sameShapes: false);
        if (representation.Instead is { } instead) display.Note(instead);
        foreach (var note in representation.Notes) display.Note($"{Path.GetFileName(representation.Source)}: {note}");
        display.Note($"{representation.Backbone} from {representation.Source} on {deviceName} in {precision.Word()}, {threads} threads: "
            + $"learns from {train.Items.Count} images of {train.Name}, is scored on {test.Items.Count} of {test.Name}.");
        var imageSize = request.Quick ? settings.Quick.ImageSize : 0;
        var collapse = Collapsed(representation, data, test, imageSize, device);
        if (collapse is not null) display.Note(collapse);
        var context = new EvaluationContext
        {
            Seed = settings.Seed,
            Device = device,
            Threads = threads,
            Progress = display.Show,
            Note = display.Note,
            Cancel = cancel,
        };

        var linear = request.Quick ? settings.Quick : settings.Linear;
        var sweep = request.SweepRates is { } rates
            ? EvaluationSweep.Train(rates, settings, linear, data, train, test, representation, context)
            : null;
        var manifest = new EvaluationManifest(
            new ManifestDataset(
                SegmentationDataSets.Word(data.Kind), data.Classes.Count,
                new ManifestSplit(train.Name, train.Items.Count, DataSetHash.Of(data, train.Name)),
                new ManifestSplit(test.Name, test.Items.Count, DataSetHash.Of(data, test.Name))),
            ProtocolManifest.Of(request, settings, data.Classes.Count, sweep),
            new ManifestCheckpoint(
                representation.Sha256, representation.Step, representation.Backbone.ToString().ToLowerInvariant(), representation.Source),
            new ManifestProgram(ProgramVersion.Text, deviceName, threads, precision.Word()));
        var trained = sweep is null
            ? [TrainedProtocol.Of(request, data, train, representation, context)]
            : sweep.Classifiers.Select(c => TrainedProtocol.Of(c, context)).ToArray();
        var shown = sweep?.Shown ?? 0;
        var judge = trained[shown];
        if (judge.Classifier is { } classifier && !request.Limited)
        {
            // A classifier of the limited-sample protocol belongs to a backbone that is not kept.
            files.WriteClassifier(new LinearClassifierFile(
                representation.Backbone, data.Classes, classifier.Weight, classifier.Bias, $"{manifest.Dataset.Kind} {data.Root}",
                representation.Sha256));
        }

        using var predictor = new SegmentationPredictor(
            representation, [.. trained.Select(t => t.Scorer)], settings.Tiles, imageSize, device);
        var sheets = new PictureSheets(request.Pictures, test, data, files);
        var tested = Score(data, test, predictor, trained, shown, sheets, context);
        files.WriteCounts(new ImageCountsFile(tested[shown], [.. test.Items.Select(item => item.Name)]));
        var scores = tested[shown].Scores();
        var intervals = ResultIntervals.Of(tested[shown], settings.BootstrapResamples, settings.Seed, cancel);
        var swept = sweep?.Result(tested, cancel);
        return new EvaluationResult(
            EvaluationResult.Number(scores.MeanIou), EvaluationResult.Number(scores.MeanAccuracy), EvaluationResult.Number(scores.Accuracy),
            [.. scores.Iou.Select(EvaluationResult.Number)], [.. data.Classes.Select(c => c.Name)],
            Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 3),
            EvaluationResult.Number(judge.Classifier?.FinalLoss ?? double.NaN),
            [.. new[] { representation.Instead, collapse }.OfType<string>(), .. ResultNotes.Of(request, judge.Classifier, sweep)], manifest,
            intervals, swept);
    }

    // The heads are not evaluated, but a collapsed one says something about the training that the figures do not.
    private static string? Collapsed(
        Representation representation, ISegmentationDataSet data, EvaluationSplit test, int imageSize, torch.Device device)
    {
        if (representation.File is not { Heads.Count: > 0 } file) return null;
        using var model = SimilarityModel.Load(file, device);
        var pictures = Math.Min(CollapsePictures, test.Items.Count);
        var read = Enumerable.Range(0, pictures).Select(i => data.ReadPair(test.Items[i * test.Items.Count / pictures]).Image);
        return CollapseText.Of(model.Spreads(read, imageSize > 0 ? imageSize : CollapseSize), pictures);
    }

    // Which class a cluster stands for is known only when all images were scored: pictures come after that.
    private static ImageCounts[] Score(
        ISegmentationDataSet data, EvaluationSplit test, SegmentationPredictor predictor, TrainedProtocol[] trained, int shown,
        PictureSheets sheets, EvaluationContext context)
    {
        var (classes, clusters) = (data.Classes.Count, trained[shown].Clusters);
        var tested = trained.Select(t => new ImageCounts(Math.Max(classes, t.Clusters))).ToArray();
        SegmentationScoring.RunAll(data, test, predictor, context, tested, shown, clusters == 0 ? sheets.Seen : null);
        if (clusters == 0) return tested;
        var assignment = ClusterAssignment.Of(tested[shown].Sum(), classes, clusters);
        for (var i = 0; i < test.Items.Count; i++)
        {
            if (sheets.Seen(i) is not { } write) continue;
            context.Cancel.ThrowIfCancellationRequested();
            var (image, labels) = data.ReadPair(test.Items[i]);
            write(image, labels, assignment.Apply(predictor.Predict(image)));
        }

        return [assignment.Apply(tested[shown], classes)];
    }

    private static EvaluationSplit Split(ISegmentationDataSet data, string wanted, string usual, int most, double fraction, ulong seed) =>
        EvaluationSplit.Of(data, wanted.Length > 0 ? wanted : usual, most, fraction, seed);
}
