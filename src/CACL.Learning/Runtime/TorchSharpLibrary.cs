using System.Security.Cryptography;
using CACL.Data.Files;

namespace CACL.Learning.Runtime;

/// <summary>
/// Makes TorchSharp's own native library load on systems older than the one on which it was built. It requires GLIBCXX_3.4.32 (GCC 13),
/// which Debian 12 and Ubuntu 22.04 lack, for one symbol that is named but never called. A copy with a weak requirement loads there.
/// </summary>
internal static class TorchSharpLibrary
{
    public const string FileName = "libLibTorchSharp.so";

    /// <summary>The version that C++ standard libraries before GCC 13 lack.</summary>
    public const string MissingVersion = "GLIBCXX_3.4.32";

    private const string HarmlessSymbol = "_ZSt21ios_base_library_initv";

    /// <summary>
    /// Returns the path of a copy of <paramref name="original"/> that requires <see cref="MissingVersion"/> weakly. It is kept in <paramref
    /// name="cache"/> under the original's hash and written once, or in the temporary folder where the cache cannot be written.
    /// </summary>
    /// <exception cref="InvalidDataException">The library uses that version for more than the one harmless symbol.</exception>
    public static string WeakenedCopy(string original, string cache)
    {
        var image = RegularFile.ReadAllBytes(original);
        var folderName = $"torchsharp-{Convert.ToHexStringLower(SHA256.HashData(image).AsSpan(0, 8))}";
        var needs = new ElfVersionNeeds(image);
        if (needs.SymbolsOf(MissingVersion) is not [HarmlessSymbol] || !needs.MarkWeak(MissingVersion))
        {
            throw new InvalidDataException($"{original} uses {MissingVersion} for more than {HarmlessSymbol}.");
        }

        try
        {
            return Write(image, Path.Combine(cache, folderName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that nobody else can write to, so that nobody else can put a library there.
            return Write(image, Directory.CreateTempSubdirectory("cacl-torchsharp-").FullName);
        }
    }

    /// <summary>Returns the user's cache folder for this program: $XDG_CACHE_HOME/cacl or ~/.cache/cacl.</summary>
    public static string CacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!string.IsNullOrEmpty(cache) && Path.IsPathRooted(cache)) return Path.Combine(cache, "cacl");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0 ? Path.Combine(home, ".cache", "cacl") : throw new IOException("There is no home folder.");
    }

    // The file's name must stay the same: the loader finds an already loaded library by it.
    private static string Write(byte[] image, string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path) && RegularFile.ReadAllBytes(path).AsSpan().SequenceEqual(image)) return path;

        Directory.CreateDirectory(folder);
        AtomicFile.WriteBytes(path, image);
        return path;
    }
}
