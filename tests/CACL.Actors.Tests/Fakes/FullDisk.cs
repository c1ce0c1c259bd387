using System.Globalization;
using System.Runtime.InteropServices;

namespace CACL.Actors.Tests.Fakes;

/// <summary>
/// A disk that is full for one file: whoever has it open in this process can write nothing to it (ENOSPC) until this is disposed.
/// </summary>
internal sealed partial class FullDisk : IDisposable
{
    private readonly List<(int Descriptor, int Kept)> _files = [];

    public FullDisk(string path)
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // All are looked up before the first is duplicated: the duplicate may get a number that is on the list, and is none of them.
        var open = new DirectoryInfo("/proc/self/fd").GetFiles().Where(file => file.LinkTarget == path)
            .Select(file => int.Parse(file.Name, CultureInfo.InvariantCulture)).ToList();
        foreach (var descriptor in open)
        {
            var kept = Duplicate(descriptor);
            Assert.True(kept >= 0 && Replace((int)full.DangerousGetHandle(), descriptor) >= 0);
            _files.Add((descriptor, kept));
        }

        Assert.NotEmpty(_files);
    }

    /// <summary>There is room again.</summary>
    public void Dispose()
    {
        foreach (var (descriptor, kept) in _files)
        {
            Assert.True(Replace(kept, descriptor) >= 0);
            Assert.Equal(0, Close(kept));
        }

        _files.Clear();
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Replace(int by, int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
