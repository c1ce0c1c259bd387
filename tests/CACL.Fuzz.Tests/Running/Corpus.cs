using System.Security.Cryptography;
using CACL.Fuzz.Tests.Targets;
using CACL.Testing;

namespace CACL.Fuzz.Tests.Running;

/// <summary>The inputs in the repository: what was found once, and what takes branches that the seeds do not.</summary>
internal static class Corpus
{
    /// <summary>Returns a target's seeds and the inputs of its folder.</summary>
    public static IEnumerable<byte[]> Of(string name, IFuzzTarget target)
    {
        var folder = FolderOf(name);
        return [.. target.Seeds, .. Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Order().Select(File.ReadAllBytes) : []];
    }

    /// <summary>Writes what was found into a folder of its own; returns the file.</summary>
    public static string Write(string folder, string name, Finding finding)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{name}-{Convert.ToHexStringLower(SHA256.HashData(finding.Input))[..12]}");
        File.WriteAllBytes(path, finding.Input);
        File.WriteAllText(path + ".txt", finding.What);
        return path;
    }

    private static string FolderOf(string name) => Path.Combine(Workspace.Root, "tests", "CACL.Fuzz.Tests", "Corpus", name);
}
