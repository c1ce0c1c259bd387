using System.Runtime.CompilerServices;
using CACL.Data.Clips;
using CACL.Data.DataSets;
using CACL.Data.Decoding.Isolated;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Devices;
using CACL.Node.Ending;
using CACL.Node.Settings;
using TorchSharp;

namespace CACL.Node.Pictures;

/// <summary>A request to <c>cacl segment</c>; paths are absolute.</summary>
/// <param name="Checkpoint">See <see cref="Representation.Load"/>.</param>
/// <param name="Classifier">See <see cref="LinearClassifierFile"/>.</param>
/// <param name="Video">The video.</param>
/// <param name="Out">The output clip; null: named after the video.</param>
/// <param name="Opacity">Opacity of the colours, 0 to 1.</param>
/// <param name="Size">Longer side of a frame at most, pixels.</param>
/// <param name="SideBySide">Whether the original clip is shown beside it.</param>
/// <param name="Device">auto, cpu, cuda or cuda:N.</param>
/// <param name="Settings">Threads, libtorch's folder.</param>
internal sealed record SegmentRequest(
    string Checkpoint, string Classifier, string Video, string? Out, double Opacity, int Size, bool SideBySide, string Device,
    TrainingSettings Settings);

/// <summary>Handles <c>cacl segment</c>: overlays a whole clip with its segmentation, frame by frame.</summary>
internal static class SegmentHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Writes the clip.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(SegmentRequest request, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(_ => output.WriteLine("Stopping."));
        signals.StopBy(_ => stop.Cancel());
        try
        {
            Run(request, output, stop.Token);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (signals.ExitCode != 0)
        {
            output.WriteLine("Stopped. Nothing was written.");
            return signals.ExitCode;
        }
    }

    private static void Run(SegmentRequest request, TextWriter output, CancellationToken cancel)
    {
        if (!FfmpegProgram.TryFind(out var program, out var whyNot))
            throw new UserException($"{request.Video} cannot be painted. {whyNot}");
        var path = request.Out ?? Path.GetFullPath($"{Path.GetFileNameWithoutExtension(request.Video)}-segmented.mp4");
        if (path == request.Video) throw new UserException($"--out names the video itself, {path}. Name another file.");
        if (Directory.Exists(path)) throw new UserException($"--out names a folder, {path}. Name a file in it.");
        var classifier = LinearClassifierFile.Read(request.Classifier);
        var clip = ClipProperties.Read(program!, request.Video, Patience, cancel);
        var device = DeviceChoice.Resolve(request.Device, request.Settings.LibTorch);
        TorchThreads.Use(request.Settings.Threads);
        Paint(request, program!, clip, classifier, device, path, output, cancel);
    }

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Paint(
        SegmentRequest request, FfmpegProgram program, ClipProperties clip, LinearClassifierFile classifier, string device, string path,
        TextWriter output, CancellationToken cancel)
    {
        using var representation = Load(request, classifier, torch.device(device));
        if (representation.Instead is { } instead) output.WriteLine(instead);
        if (representation.Sha256 != classifier.CheckpointSha256)
            output.WriteLine($"Beware: {request.Classifier} was trained on another checkpoint's features than those of "
                + $"{representation.Source}; its colours may mean nothing.");
        using var predictor = new SegmentationPredictor(
            representation, classifier.Weight, classifier.Bias, new TileOptions(), imageSize: 0, torch.device(device));

        var (width, height) = clip.SizeWithin(request.Size);
        var painted = new SegmentationOverlay(width, height, classifier.Classes, (float)request.Opacity, request.SideBySide);
        using var reader = new ClipReader(program, clip, width, height, Patience, cancel);
        using var writer = new ClipWriter(
            program, path, (painted.Width, painted.Height), (clip.RateNumerator, clip.RateDenominator), Patience, cancel);
        if (writer.Encoder != "libx264") output.WriteLine($"This ffmpeg has no libx264; the clip is encoded with {writer.Encoder}.");
        var progress = new FrameProgress(clip.Frames, output, TimeProvider.System);
        var frame = new RgbImage(width, height, new byte[width * height * 3]);
        while (reader.Read(frame.Pixels))
        {
            cancel.ThrowIfCancellationRequested();
            painted.Paint(frame, predictor.Predict(frame));
            writer.Write(painted.Rgb);
            progress.Report(reader.Frames);
        }

        writer.Finish();
        if (reader.ErrorOutput.Length > 0)
            output.WriteLine($"ffmpeg complained about {clip.Path}: {reader.ErrorOutput.Split('\n')[0].Trim()}");
        output.WriteLine($"Wrote {path}: {reader.Frames:N0} frames of {painted.Width}×{painted.Height} pixels, "
            + $"{progress.Rate(reader.Frames):0.0} frames/s.");
    }

    private static Representation Load(SegmentRequest request, LinearClassifierFile classifier, torch.Device device)
    {
        if (request.Checkpoint == Representation.Random)
            return Representation.Load(request.Checkpoint, classifier.Backbone, seed: 0, device);
        var found = BackboneFile.Find(request.Checkpoint).Backbone;
        if (found == classifier.Backbone) return Representation.Load(request.Checkpoint, found, seed: 0, device);
        throw new UserException(
            $"The classifier {request.Classifier} was trained on the features of a {classifier.Backbone.ToString().ToLowerInvariant()}, "
                + $"and {request.Checkpoint} holds a "
            + $"{found.ToString().ToLowerInvariant()}. Name the checkpoint it was trained with, or a classifier of this one.");
    }
}
