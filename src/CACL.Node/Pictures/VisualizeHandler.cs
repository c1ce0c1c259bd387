using System.Runtime.CompilerServices;
using CACL.Data.Catalog;
using CACL.Data.Clips;
using CACL.Data.DataSets;
using CACL.Data.Decoding.Isolated;
using CACL.Learning.Evaluation.Similarity;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Devices;
using CACL.Node.Display;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.Settings;
using TorchSharp;

namespace CACL.Node.Pictures;

/// <summary>A request to <c>cacl visualize</c>; paths are absolute.</summary>
/// <param name="Checkpoint">See <see cref="BackboneFile.Find"/>.</param>
/// <param name="Video">The video.</param>
/// <param name="Frame">The first frame; null: one in the middle.</param>
/// <param name="Stride">Distance to the second frame.</param>
/// <param name="Points">Points in the video's own pixels as displayed; none: a grid.</param>
/// <param name="Out">The picture; null: named after the video.</param>
/// <param name="Size">Longer side of a frame at most, pixels.</param>
/// <param name="Device">auto, cpu, cuda or cuda:N.</param>
/// <param name="Settings">Decoder, threads, libtorch's folder.</param>
internal sealed record VisualizeRequest(
    string Checkpoint, string Video, int? Frame, int Stride, IReadOnlyList<(int X, int Y)> Points, string? Out, int Size, string Device,
    RunSettings Settings);

/// <summary>Handles <c>cacl visualize</c>: draws the paper's Figure 3 for a user's video.</summary>
internal static class VisualizeHandler
{
    /// <summary>Most points: no reader takes in more rows.</summary>
    public const int MostPoints = 12;

    /// <summary>Least longer side of the frames shown, pixels, as far as the video has them.</summary>
    private const int LeastShown = 480;

    // Counting the frames of a long video may require decoding it once.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Draws the sheet.</summary>
    public static int Run(VisualizeRequest request, TextWriter output)
    {
        using var interruption = new Interruption();
        try
        {
            return Run(request, output, interruption.Token);
        }
        catch (OperationCanceledException)
        {
            throw interruption.Stopped("Stopped. Nothing was written.");
        }
    }

    private static int Run(VisualizeRequest request, TextWriter output, CancellationToken cancel)
    {
        // What can quickly be found to be wrong comes first.
        var file = BackboneFile.Find(request.Checkpoint);
        if (file.Instead is { } instead) output.WriteLine(instead);
        if (!FfmpegProgram.TryFind(out var program, out var whyNot))
            throw new UserException($"The frames of {request.Video} cannot be read. {whyNot}");
        var clip = ClipProperties.Read(program!, request.Video, request.Settings.Data.DecodeTimeout, cancel);
        var points = request.Points.Count > 0 ? request.Points : Grid(clip.Width, clip.Height);
        foreach (var (x, y) in points)
        {
            if (x < 0 || y < 0 || x >= clip.Width || y >= clip.Height)
                throw new UserException($"The point {x},{y} is outside of the video: its frames have {clip.Width}×{clip.Height} pixels, "
                    + $"columns 0 to {clip.Width - 1}, rows 0 to {clip.Height - 1}.");
        }

        var record = Probe(request, cancel);
        var frame = FirstFrame(request, record.Frames.Count);
        var device = DeviceChoice.Resolve(request.Device, request.Settings.Training.LibTorch);
        TorchThreads.Use(request.Settings.Training.Threads);
        // The network may be given smaller frames than a reader wants to see.
        var (seenWidth, seenHeight) = clip.SizeWithin(request.Size);
        var (width, height) = clip.SizeWithin(Math.Max(request.Size, LeastShown));
        var (first, second) = Frames(program!, record, frame, request.Stride, seenWidth, seenHeight, cancel);
        var (views, collapse) = Compare(file, device, first, second, Within(points, clip, seenWidth, seenHeight));
        if (width != seenWidth) (first, second) = Frames(program!, record, frame, request.Stride, width, height, cancel);
        var shown = Within(points, clip, width, height);

        var path = request.Out ?? Path.GetFullPath($"{Path.GetFileNameWithoutExtension(request.Video)}-frame-{frame}.png");
        SimilaritySheet.Write(path, new SimilarityPicture(
            $"Similarity of single pixels across {request.Stride} frames",
            [
                $"{Path.GetFileName(request.Video)}, frames {frame} and {frame + request.Stride} of {record.Frames.Count}, "
                    + $"{clip.Width}×{clip.Height} "
                    + $"pixels{(seenWidth == clip.Width ? "" : $", seen by the network at {seenWidth}×{seenHeight}")}",
                $"{Words(file.Backbone)}, "
                    + (file.Step is { } step ? $"step {step:N0} of {Named(file.File)}" : Path.GetFileName(file.File)),
                "Ring: where the chosen pixel was.  Cross: the most similar position.  Each map has a scale of its own.",
            ],
            first,
            second,
            $"frame {frame}",
            $"frame {frame + request.Stride}",
            [.. points.Select((point, i) => (shown[i].X, shown[i].Y, $"point {i + 1} ({point.X}, {point.Y})"))],
            views));
        output.WriteLine($"Points: {string.Join("  ", points.Select(point => $"{point.X},{point.Y}"))}");
        if (file.Heads.Count == 0) output.WriteLine($"{file.File} holds no heads: only the backbone's own features are shown.");
        if (collapse is not null) output.WriteLine($"Beware: {collapse}");
        output.WriteLine($"Wrote {path}");
        return ExitCodes.Success;
    }

    private static (RgbImage First, RgbImage Second) Frames(
        FfmpegProgram program, VideoRecord record, int frame, int stride, int width, int height, CancellationToken cancel)
    {
        using var decoder = new IsolatedPairDecoder(program);
        var (first, second) = decoder.DecodeWhole(record, frame, stride, width, height, Patience, cancel);
        return (new RgbImage(width, height, first), new RgbImage(width, height, second));
    }

    /// <summary>Converts pixels of the video to pixels of a frame of another size.</summary>
    private static (int X, int Y)[] Within(IReadOnlyList<(int X, int Y)> points, ClipProperties clip, int width, int height) =>
        [.. points.Select(point => ((int)((point.X + 0.5) * width / clip.Width), (int)((point.Y + 0.5) * height / clip.Height)))];

    private static VideoRecord Probe(VisualizeRequest request, CancellationToken cancel)
    {
        using var prober = ProgramDecoders.Create(request.Settings.Data.Decoder).CreateProber();
        return prober.Probe(request.Video, Patience, cancel);
    }

    private static int FirstFrame(VisualizeRequest request, int frames)
    {
        var last = frames - 1 - request.Stride;
        if (last < 0)
            throw new UserException($"{request.Video} has {frames} frames: too few for two that are {request.Stride} apart. Name a "
                + "smaller --stride.");
        if (request.Frame is not { } frame) return last / 2;
        if (frame <= last) return frame;
        throw new UserException($"{request.Video} has {frames} frames, counted from 0: with --stride {request.Stride} the last one that "
            + $"--frame can name is {last}, not {frame}.");
    }

    /// <summary>Returns the four points where the lines through the thirds cross.</summary>
    private static (int X, int Y)[] Grid(int width, int height) =>
        [(width / 3, height / 3), (width * 2 / 3, height / 3), (width / 3, height * 2 / 3), (width * 2 / 3, height * 2 / 3)];

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (List<(string Name, IReadOnlyList<SimilarityMap> Maps)> Views, string? Collapse) Compare(
        BackboneFile file, string device, RgbImage first, RgbImage second, IReadOnlyList<(int X, int Y)> points)
    {
        using var model = SimilarityModel.Load(file, torch.device(device));
        var views = model.Views.Zip(model.Compare(first, second, points)).Select(pair => (ViewName(pair.First), pair.Second)).ToList();
        return (views, CollapseText.Of(model.Spreads([first], longest: 0), pictures: 1));
    }

    private static string ViewName(HeadSpec? view) => view is null ? "backbone" : $"{view.Name} head";

    private static string Words(Backbone backbone) => backbone == Backbone.ResNet50 ? "ResNet-50" : "ResNet-18";

    /// <summary>Returns the run's name if the file lies as in a run: NAME/checkpoints/step-N/query.safetensors.</summary>
    private static string Named(string file)
    {
        var folder = Path.GetDirectoryName(file);
        var checkpoints = Path.GetDirectoryName(folder);
        return Path.GetFileName(checkpoints) == "checkpoints"
            ? Path.GetFileName(Path.GetDirectoryName(checkpoints)) ?? file
            : Path.GetFileName(folder) ?? file;
    }
}
