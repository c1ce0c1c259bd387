using System.Diagnostics;
using CACL.Learning.Weights;
using CACL.Learning.Weights.Import;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights.Import;

/// <summary>
/// Imports files that somebody made to do harm, as <c>cacl import</c> does, and starts from them, as <c>--init-from</c> does.
/// </summary>
public sealed class PoisonedFilesTests
{
    // The largest pickle is read whole, and takes 64 MiB.
    private const long MostAllocated = 192L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Names => [.. PoisonedFiles.Names];

    [Fact]
    public void There_are_a_hundred_and_more() => Assert.InRange(PoisonedFiles.Names.Count, 100, int.MaxValue);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_poisoned_file_is_an_error_that_says_so_and_nothing_else_happens(string name)
    {
        using var folder = new TemporaryFolder();
        // Two folders down, so that ../../touched leads to a place that is looked at, too.
        var inner = Directory.CreateDirectory(Path.Combine(folder.Path, "outer", "inner")).FullName;
        var path = Path.Combine(inner, "weights.pth");
        PoisonedFiles.Make(name, path);
        // A pipe or a loop of links must not be waited for or followed.
        Refused(() => BackboneImport.Import(path, Path.Combine(inner, "out.safetensors")));
        Refused(() => WeightsFile.LoadInitial(path, new Dictionary<string, long[]> { ["conv1.weight"] = [64, 3, 7, 7] }));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(inner));
        Assert.Equal([inner], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(inner)!));
        Assert.Equal([Path.GetDirectoryName(inner)!], Directory.EnumerateFileSystemEntries(folder.Path));
        Assert.False(Path.Exists("/tmp/touched"));
    }

    private static void Refused(Action read)
    {
        var (began, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        var error = Record.Exception(read);
        var (time, memory) = (Stopwatch.GetElapsedTime(began), GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.True(error is TorchFileException or SafeTensorsException or WeightsException, $"{error}");
        Assert.InRange(error.Message.Length, 1, 2000);
        Assert.DoesNotContain(error.Message, c => char.IsControl(c));
        Assert.InRange(memory, 0, MostAllocated);
        Assert.InRange(time, TimeSpan.Zero, Longest);
    }
}
