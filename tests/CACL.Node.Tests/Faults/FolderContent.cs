using System.Security.Cryptography;

namespace CACL.Node.Tests.Faults;

/// <summary>Compares a folder with what a recording says is in it.</summary>
internal static class FolderContent
{
    /// <summary>
    /// Asserts that all that was recorded, done again, gives the folder as it is: names, links, lengths, and the bytes of all files but
    /// tensors, whose bytes are not recorded, and the memory that SQLite's processes share, which no call writes.
    /// </summary>
    public static void AssertIsThatOf(RecordedDisk disk, string folder)
    {
        using var again = new CACL.Testing.TemporaryFolder();
        new PowerCut(disk, disk.Operations.Count, Survival.Everything, new Random(0)).WriteTo(again.Path);
        Assert.Equal(Of(folder), Of(again.Path));
    }

    private static IEnumerable<string> Of(string folder) => new DirectoryInfo(folder)
        .EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true })
        .Select(entry => $"{Path.GetRelativePath(folder, entry.FullName)} {Of(entry)}").Order(StringComparer.Ordinal);

    private static string Of(FileSystemInfo entry)
    {
        if (entry.LinkTarget is { } link) return $"-> {link}";
        if (entry is not FileInfo file) return "a folder";
        var isCompared = file.Extension != ".safetensors" && !file.Name.EndsWith("-shm", StringComparison.Ordinal);
        return $"{file.Length} {(isCompared ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))) : "")}";
    }
}
