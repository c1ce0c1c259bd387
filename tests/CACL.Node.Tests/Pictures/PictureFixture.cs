using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CACL.Data.Clips;
using CACL.Data.Decoding.Isolated;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Tests.Commands;
using CACL.Testing;
using TorchSharp;

namespace CACL.Node.Tests.Pictures;

/// <summary>Makes a folder with small clips, and runs the program in this process.</summary>
internal sealed class PictureFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static FfmpegProgram Ffmpeg
    {
        get
        {
            var found = FfmpegProgram.TryFind(out var program, out var whyNot);
            CACL.Testing.Ffmpeg.RequireProgram(found, whyNot);
            return program!;
        }
    }

    public string File(string name) => _folder.File(name);

    public string[] Files =>
        [.. Directory.GetFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    /// <summary>Makes a clip of a moving object.</summary>
    public string Clip(string name, int width, int height, int frames, params string[] options)
    {
        var path = File(name);
        string[] arguments =
        [
            "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", $"testsrc2=size={width}x{height}:rate=12:duration=60",
            "-frames:v", $"{frames}", "-c:v", "mpeg4", "-q:v", "2", .. options, path,
        ];
        using var ffmpeg = Process.Start(Ffmpeg.FfmpegPath, arguments);
        Assert.True(ffmpeg.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, ffmpeg.ExitCode);
        return path;
    }

    /// <summary>Returns a clip's properties and all its frames at their own size.</summary>
    public static (ClipProperties Clip, List<byte[]> Frames) Read(string path)
    {
        var patience = TimeSpan.FromMinutes(1);
        var clip = ClipProperties.Read(Ffmpeg, path, patience, TestContext.Current.CancellationToken);
        using var reader = new ClipReader(Ffmpeg, clip, clip.Width, clip.Height, patience, TestContext.Current.CancellationToken);
        var frames = new List<byte[]>();
        for (var frame = new byte[clip.Width * clip.Height * 3]; reader.Read(frame);) frames.Add([.. frame]);
        return (clip, frames);
    }

    public static (int Status, string Output, string Error) Cacl(params string[] arguments) =>
        CommandLine.Run([.. arguments, "--device", "cpu"]);

    /// <summary>Makes a file of an untrained network; its collapsed heads have nothing but their last bias.</summary>
    public string Weights(Heads heads, Heads collapsed = Heads.None)
    {
        LibTorchLoader.Load();
        var path = File($"weights-{(int)heads}-{(int)collapsed}.safetensors");
        WriteWeights(path, heads, collapsed);
        return path;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteWeights(string path, Heads heads, Heads collapsed)
    {
        using var weights = new NetworkWeights(Backbone.ResNet18, CaclHeads.Specs(heads, Backbone.ResNet18), torch.CPU);
        using var _ = torch.no_grad();
        weights.Initialise(3);
        var items = weights.Tensors.Select(tensor =>
        {
            var values = new float[tensor.Count];
            weights.Read(tensor.Name, values);
            if (CaclHeads.Each(collapsed).Any(head => tensor.Name == $"head_{CaclHeads.NameOf(head)}.2.weight")) Array.Clear(values);
            return SafeTensorsItem.Of(tensor.Name, SafeTensorsType.F32, tensor.Shape, MemoryMarshal.AsBytes<float>(values).ToArray());
        });
        SafeTensorsWriter.Write(path, [.. items], null);
    }
}
