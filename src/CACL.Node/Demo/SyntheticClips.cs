using CACL.Data.Decoding.Isolated;
using CACL.Data.Files;
using CACL.Data.Processes;
using CACL.Node.Ending;
using SkiaSharp;

namespace CACL.Node.Demo;

/// <summary>
/// Makes a small set of synthetic clips for the demo, with per-pixel labels beside them in the folder layout of METHOD.md §8:
/// <c>videos/*.mp4</c>, <c>dataset/{images,labels}/{train,val}/*.png</c>, <c>dataset/classes.txt</c>.
/// </summary>
internal sealed class SyntheticClips
{
    /// <summary>Pixels.</summary>
    public const int Width = 256;

    /// <summary>Pixels.</summary>
    public const int Height = 192;

    private const int FramesPerClip = 40;
    private const int LabelEvery = 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly Lock _told = new();
    private readonly string _folder;
    private readonly int _seed;

    /// <summary>Prepares to make the clips of a seed in a folder.</summary>
    public SyntheticClips(string folder, int seed)
    {
        _folder = folder;
        _seed = seed;
    }

    /// <summary>The clips' folder.</summary>
    public string Videos => Path.Combine(_folder, "videos");

    /// <summary>Makes the missing ones of <paramref name="count"/> clips; a clip appears under its name only once it is complete.</summary>
    /// <exception cref="UserException">There is no ffmpeg, or it fails.</exception>
    public async Task MakeAsync(int count, Action<int> done, CancellationToken cancel)
    {
        if (!FfmpegProgram.TryFind(out var ffmpeg, out var whyNot))
            throw new UserException($"The clips in {_folder} cannot be made. {whyNot}");
        Directory.CreateDirectory(Videos);
        var dataset = Directory.CreateDirectory(Path.Combine(_folder, "dataset")).FullName;
        WriteClasses(Path.Combine(dataset, "classes.txt"));
        var made = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel },
            (clip, _) =>
            {
                var name = $"clip-{clip:0000}";
                var video = Path.Combine(Videos, name + ".mp4");
                if (!File.Exists(video)) MakeClip(ffmpeg!, clip, name, video, dataset, cancel);
                lock (_told) done(++made);
                return ValueTask.CompletedTask;
            }).ConfigureAwait(false);
    }

    // Clips of an earlier version show other classes, under the same numbers.
    private void WriteClasses(string path)
    {
        var lines = string.Concat(SyntheticClasses.Lines.Select(line => line + "\n"));
        if (File.Exists(path) && RegularFile.ReadAllText(path) != lines)
        {
            throw new UserException(
                $"{_folder} holds clips of other classes than are made now ({path}). Name another folder, or remove it.");
        }

        AtomicFile.WriteText(path, lines);
    }

    private void MakeClip(FfmpegProgram ffmpeg, int clip, string name, string video, string dataset, CancellationToken cancel)
    {
        var scene = new SyntheticScene(unchecked((_seed * 7919) + clip), Width, Height);
        var split = clip % 5 == 4 ? "val" : "train";
        var images = Directory.CreateDirectory(Path.Combine(dataset, "images", split)).FullName;
        var labels = Directory.CreateDirectory(Path.Combine(dataset, "labels", split)).FullName;
        using var file = new AtomicFile(video);
        string[] arguments =
        [
            "-hide_banner", "-v", "error", "-f", "rawvideo", "-r", "25", "-pix_fmt", "rgb24", "-s", $"{Width}x{Height}", "-i", "pipe:0",
            "-c:v", "libx264", "-crf", "23", "-pix_fmt", "yuv420p", "-g", "4", "-bf", "0", "-tune", "fastdecode",
            "-threads", "1",
            "-f", "mp4", $"file:{file.TemporaryPath}", "-y",
        ];
        // A step takes frames from many clips: with a key frame every fourth they are reached quickly.
        var start = new ChildStartInfo(ffmpeg.FfmpegPath, arguments) { Timeout = Deadline, KeepsInputOpen = true };
        using var encoder = new ChildProcess(start, cancel);
        try
        {
            Draw(scene, name, images, labels, encoder.Input);
            encoder.Input.Close();
        }
        catch (IOException e)
        {
            // ffmpeg ended prematurely: its own words say more than the broken pipe.
            throw new UserException($"{video} cannot be made: ffmpeg {encoder.WaitForExit().Description}.", e);
        }

        if (encoder.WaitForExit() is { IsSuccess: false } failed)
            throw new UserException($"{video} cannot be made: ffmpeg {failed.Description}.");
        file.Commit();
    }

    private static void Draw(SyntheticScene scene, string name, string images, string labels, Stream encoder)
    {
        var rgb = new byte[Width * Height * 3];
        var classes = new byte[Width * Height];
        for (var frame = 0; frame < FramesPerClip; frame++)
        {
            scene.Draw(frame, rgb, classes);
            if (frame % LabelEvery == LabelEvery / 2)
            {
                var file = $"{name}_{frame:000}.png";
                WriteColour(Path.Combine(images, file), rgb);
                WriteGrey(Path.Combine(labels, file), classes);
            }

            encoder.Write(rgb);
        }
    }

    private static void WriteColour(string path, byte[] rgb)
    {
        using var bitmap = new SKBitmap(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var pixels = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; from < rgb.Length; from += 3, to += 4)
        {
            rgb.AsSpan(from, 3).CopyTo(pixels[to..]);
            pixels[to + 3] = 255;
        }

        Write(path, bitmap);
    }

    private static void WriteGrey(string path, byte[] classes)
    {
        using var bitmap = new SKBitmap(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque);
        classes.CopyTo(bitmap.GetPixelSpan());
        Write(path, bitmap);
    }

    private static void Write(string path, SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, data.SaveTo);
    }
}
