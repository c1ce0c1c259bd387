using CACL.Node.Demo;
using CACL.Node.Tests.EndToEnd;
using CACL.Testing;

[assembly: AssemblyFixture(typeof(MadeClips))]

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Twelve made clips, scanned once, for all tests that start the program.</summary>
public sealed class MadeClips : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal string Catalog => _folder.File("catalog.sqlite");

    internal string Videos => _folder.File("videos");

    internal static bool HasFfmpeg { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "ffmpeg")));

    public async ValueTask InitializeAsync()
    {
        if (!HasFfmpeg) return;
        await new SyntheticClips(_folder.Path, seed: 5).MakeAsync(12, _ => { }, CancellationToken.None);
        var (exit, output) = CaclProcess.Run("videos", "scan", Videos, "--catalog", Catalog);
        Assert.True(exit == 0, output);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
