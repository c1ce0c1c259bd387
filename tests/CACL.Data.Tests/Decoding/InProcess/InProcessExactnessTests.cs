using CACL.Data.Decoding.InProcess;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.InProcess;

/// <summary>Files' frames are counted and some of their pairs compared: of each torture file, and fewer of every sixth clip. tools/test --long: as many, of all clips.</summary>
public sealed class InProcessExactnessTests
{
    [Fact]
    public void Every_decodable_torture_file_gives_the_frames_of_a_sequential_decode() =>
        AssertExact([.. TortureFile.All().Where(file => file.Frames is not null).Select(file => file.Path)], int.MaxValue);

    [Fact]
    public void Real_clips_give_the_frames_of_a_sequential_decode()
    {
        var clips = Directory.EnumerateFiles(Workspace.Shared("data", "videos"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        AssertExact([.. clips.Where((_, i) => LongTests.Wanted || i % 6 == 0)], LongTests.Wanted ? int.MaxValue : 4);
    }

    private static void AssertExact(IReadOnlyList<string> paths, int pairs)
    {
        var libraries = InstalledFfmpeg.Libraries;
        ExactnessCheck.AssertExact(paths, () => new InProcessProber(libraries), () => new InProcessPairDecoder(libraries), pairs);
    }
}
