using CACL.Data.Decoding.Isolated;
using CACL.Node.Demo;
using CACL.Node.Tests.EndToEnd;
using CACL.Testing;

[assembly: AssemblyFixture(typeof(MadeClips))]

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Twelve made clips, scanned once for all tests that start the program.</summary>
public sealed class MadeClips : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lock _gate = new();
    private string? _undisturbed;

    internal string Catalog => _folder.File("catalog.sqlite");

    internal string Videos => _folder.File("videos");

    /// <summary>
    /// Returns the folder of one run on the clips, which the first caller of all test classes makes. It must not be written to.
    /// </summary>
    internal string Undisturbed(Action<string> train)
    {
        lock (_gate)
        {
            if (_undisturbed is not null) return _undisturbed;
            train(_folder.File("undisturbed"));
            return _undisturbed = _folder.File("undisturbed");
        }
    }

    /// <summary>Skips the test if the clips could not be made.</summary>
    internal static void Require() => Ffmpeg.RequireProgram(FfmpegProgram.TryFind(out _, out var whyNot), whyNot);

    public async ValueTask InitializeAsync()
    {
        if (!FfmpegProgram.TryFind(out _, out _)) return;
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
