using CACL.Data.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>A process a pair takes its time: a few pairs a file, and every twelfth clip. tools/test --long: all of them.</summary>
public sealed class IsolatedExactnessTests
{
    [Fact]
    public void Every_decodable_torture_file_gives_the_frames_of_a_sequential_decode() =>
        AssertExact([.. TortureFile.All().Where(file => file.Frames is not null).Select(file => file.Path)], LongTests.Wanted ? int.MaxValue : 1);

    [Fact]
    public void Real_clips_give_the_frames_of_a_sequential_decode()
    {
        var clips = Directory.EnumerateFiles(Workspace.Shared("data", "videos"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        AssertExact([.. clips.Where((_, i) => LongTests.Wanted || i % 12 == 0)], LongTests.Wanted ? int.MaxValue : 2);
    }

    private static void AssertExact(IReadOnlyList<string> paths, int pairs)
    {
        var program = InstalledProgram.Ffmpeg;
        ExactnessCheck.AssertExact(paths, () => new IsolatedProber(program), () => new IsolatedPairDecoder(program), pairs);
    }
}
