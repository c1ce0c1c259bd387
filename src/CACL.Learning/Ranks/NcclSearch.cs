using System.Runtime.InteropServices;
using CACL.Learning.Runtime;

namespace CACL.Learning.Ranks;

/// <summary>NCCL's library cannot be loaded. The message is a sentence for people.</summary>
public sealed class NcclUnavailableException(string message) : Exception(message);

/// <summary>The places in which NCCL's library is looked for.</summary>
/// <param name="LibTorch">libtorch's folder, or null where it is not loaded.</param>
/// <param name="Library">The library's name.</param>
internal sealed record NcclSearch(string? LibTorch, string Library = Nccl.Library)
{
    /// <summary>Returns the places for this process.</summary>
    public static NcclSearch Here() => new(LibTorchLoader.Loaded?.Folder);

    /// <summary>
    /// The files that are tried one after the other. A PyTorch that was installed by pip has it in the folder nvidia beside its own.
    /// </summary>
    public IReadOnlyList<string> Places => LibTorch is null ? [] :
    [
        Path.Combine(LibTorch, Library),
        Path.GetFullPath(Path.Combine(LibTorch, "..", "..", "nvidia", "nccl", "lib", Library)),
    ];

    /// <summary>
    /// Loads it: the one that libtorch has loaded, if it has, then one on the loader's path, then the first of <see cref="Places"/>.
    /// </summary>
    /// <exception cref="NcclUnavailableException">There is none that can be loaded.</exception>
    public void Load()
    {
        // By its name, the loader gives the one that is loaded already, and otherwise looks on its path.
        var words = DynamicLoader.TryLoad(Library);
        foreach (var place in Places)
        {
            if (words is null) break;
            if (File.Exists(place)) words = DynamicLoader.TryLoad(place);
        }

        if (words is null)
        {
            _ = NativeLibrary.Load(Library);
            return;
        }

        var places = Places.Count == 0 ? "" : $" It was looked for in {string.Join(", ", Places.Select(Path.GetDirectoryName))}, too.";
        throw new NcclUnavailableException(
            $"NCCL's library {Library} cannot be loaded, over which ranks on cards exchange: {words.TrimEnd('.')}.{places} A PyTorch for "
                + "CUDA brings it, as does the package libnccl2 of NVIDIA's repository; put its folder on LD_LIBRARY_PATH.");
    }
}
