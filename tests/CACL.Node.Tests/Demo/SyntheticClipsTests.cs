using CACL.Data.Decoding.Isolated;
using CACL.Node.Demo;
using CACL.Node.Ending;
using CACL.Testing;

namespace CACL.Node.Tests.Demo;

public sealed class SyntheticClipsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SyntheticClipsTests() => Ffmpeg.RequireProgram(FfmpegProgram.TryFind(out _, out var whyNot), whyNot);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clips_of_other_classes_are_not_mixed_with_new_ones()
    {
        Directory.CreateDirectory(_folder.File("dataset"));
        File.WriteAllText(_folder.File("dataset", "classes.txt"), "ground 128 96 64\nsky 96 160 224\n");
        var failure = await Assert.ThrowsAsync<UserException>(() => Make(1));
        Assert.Contains("holds clips of other classes than are made now", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("dataset", "images")));
    }

    [Fact]
    public async Task Missing_clips_are_made_and_the_others_left_as_they_are()
    {
        await Make(3);
        var before = Enumerable.Range(0, 3).Select(Clip).ToArray();
        File.Delete(_folder.File("videos", "clip-0001.mp4"));
        File.WriteAllText(_folder.File("videos", "clip-0002.mp4"), "left alone");
        Assert.Equal([1, 2, 3], await Make(3));
        Assert.Equal(before[1], Clip(1));
        Assert.Equal("left alone", File.ReadAllText(_folder.File("videos", "clip-0002.mp4")));
    }

    private byte[] Clip(int number) => File.ReadAllBytes(_folder.File("videos", $"clip-{number:0000}.mp4"));

    private async Task<List<int>> Make(int count)
    {
        var done = new List<int>();
        await new SyntheticClips(_folder.Path, seed: 3).MakeAsync(count, done.Add, TestContext.Current.CancellationToken);
        return done;
    }
}
