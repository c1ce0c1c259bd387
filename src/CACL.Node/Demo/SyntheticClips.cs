using FFMpegCore;
using FFMpegCore.Pipes;
using SkiaSharp;

namespace CACL.Node.Demo;

/// <summary>
/// Makes a small set of clips for the demo, with per-pixel labels kept beside them in the folder layout of METHOD.md §8:
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

    private readonly string _folder;
    private readonly int _seed;

    /// <summary>Makes clips of a seed into a folder.</summary>
    public SyntheticClips(string folder, int seed)
    {
        _folder = folder;
        _seed = seed;
    }

    /// <summary>The clips' folder.</summary>
    public string Videos => Path.Combine(_folder, "videos");

    /// <summary>Makes what is missing of <paramref name="count"/> clips; a clip appears under its name only once it is whole.</summary>
    public async Task MakeAsync(int count, Action<int> done, CancellationToken cancel)
    {
        Directory.CreateDirectory(Videos);
        var dataset = Directory.CreateDirectory(Path.Combine(_folder, "dataset")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(dataset, "classes.txt"), SyntheticClasses.Lines, cancel).ConfigureAwait(false);
        for (var clip = 0; clip < count; clip++)
        {
            var name = $"clip-{clip:0000}";
            var video = Path.Combine(Videos, name + ".mp4");
            if (!File.Exists(video)) await MakeClipAsync(clip, name, video, dataset, cancel).ConfigureAwait(false);
            done(clip + 1);
        }
    }

    private async Task MakeClipAsync(int clip, string name, string video, string dataset, CancellationToken cancel)
    {
        var scene = new SyntheticScene(unchecked((_seed * 7919) + clip), Width, Height);
        var split = clip % 5 == 4 ? "val" : "train";
        var images = Directory.CreateDirectory(Path.Combine(dataset, "images", split)).FullName;
        var labels = Directory.CreateDirectory(Path.Combine(dataset, "labels", split)).FullName;
        var unfinished = Path.Combine(_folder, $".{name}.part.mp4"); // not where a scan would find it

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        await FFMpegArguments
            .FromPipeInput(new RawVideoPipeSource(Frames(scene, name, images, labels)) { FrameRate = 25 })
            .OutputToFile(unfinished, overwrite: true, options => options
                .WithVideoCodec("libx264").WithConstantRateFactor(23).WithCustomArgument("-pix_fmt yuv420p -g 50 -threads 2"))
            .CancellableThrough(deadline.Token)
            .ProcessAsynchronously(cancellationToken: CancellationToken.None) // the token above ends the process itself
            .ConfigureAwait(false);
        File.Move(unfinished, video, overwrite: true);
    }

    private static IEnumerable<IVideoFrame> Frames(SyntheticScene scene, string name, string images, string labels)
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

            yield return new RawFrame(rgb);
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
        using var file = File.Create(path);
        data.SaveTo(file);
    }

    private sealed class RawFrame(byte[] rgb) : IVideoFrame
    {
        public int Width => SyntheticClips.Width;

        public int Height => SyntheticClips.Height;

        public string PixelFormat => "rgb24";

        public void Serialize(Stream pipe) => pipe.Write(rgb);

        public Task SerializeAsync(Stream pipe, CancellationToken token) => pipe.WriteAsync(rgb, token).AsTask();
    }
}
