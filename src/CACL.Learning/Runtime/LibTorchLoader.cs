using System.Runtime.InteropServices;

namespace CACL.Learning.Runtime;

/// <summary>Where the native libraries that were loaded lie.</summary>
/// <param name="Folder">libtorch's folder.</param>
/// <param name="TorchSharp">TorchSharp's native library, perhaps a copy in the user's cache.</param>
/// <param name="HasCuda">Whether this libtorch was built with CUDA. Where it was not, do not ask TorchSharp for a CUDA device: it searches disks for one.</param>
public sealed record LoadedLibTorch(string Folder, string TorchSharp, bool HasCuda);

/// <summary>
/// Loads libtorch and TorchSharp's native library by full path, once a process. It must run before any TorchSharp type is
/// touched: TorchSharp's own search otherwise throws from a type initialiser and copies half a gigabyte about.
/// </summary>
public static class LibTorchLoader
{
    /// <summary>The environment variable that names a folder with an existing libtorch, such as a PyTorch installation's <c>torch/lib</c>.</summary>
    public const string FolderVariable = "CACL_LIBTORCH";

    private static readonly Lock Gate = new();
    private static LoadedLibTorch? _loaded;

    /// <summary>What was loaded, or null before <see cref="Load"/>.</summary>
    public static LoadedLibTorch? Loaded => Volatile.Read(ref _loaded);

    /// <summary>
    /// Loads libtorch from the first of: <paramref name="folder"/>, the folder that <see cref="FolderVariable"/> names,
    /// <c>libtorch/</c> beside the program (a publish), the folder that the build wrote into runtimeconfig.json.
    /// Later calls return what the first one loaded.
    /// </summary>
    /// <param name="folder">A folder with an existing libtorch, or null.</param>
    /// <exception cref="LibTorchUnavailableException">Nothing usable there; the message says what to do.</exception>
    public static LoadedLibTorch Load(string? folder = null)
    {
        lock (Gate)
        {
            if (_loaded is { } loaded) return loaded;
            loaded = LoadFrom(LibTorchFolder(folder), TorchSharpFile());
            Volatile.Write(ref _loaded, loaded);
            return loaded;
        }
    }

    private static LoadedLibTorch LoadFrom(string folder, string torchSharp)
    {
        // Read once, when OpenMP is loaded. Its threads otherwise wait for each other by spinning for milliseconds, and with
        // decoders on the same cores a step then takes several times as long; alone on the machine it costs a few percent.
        DynamicLoader.SetVariableIfUnset("OMP_WAIT_POLICY", "passive");

        // Dependencies first, each by its full path: whoever needs one later finds it loaded under its name.
        var hasCuda = File.Exists(Path.Combine(folder, "libtorch_cuda.so"));
        string[] libraries = hasCuda
            ? ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"]
            : ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
        foreach (var library in libraries)
        {
            var path = Path.Combine(folder, library);
            if (!NativeLibrary.TryLoad(path, out _) && DynamicLoader.TryLoad(path) is { } reason)
            {
                var remedy = library.Contains("cuda", StringComparison.Ordinal)
                    ? "Put the folders of CUDA's and cuDNN's libraries on LD_LIBRARY_PATH, or use a CPU build of libtorch."
                    : "The file may be damaged or built for another system: restore the packages anew, or name another libtorch with "
                        + $"{FolderVariable}.";
                throw new LibTorchUnavailableException($"libtorch's {path} does not load: {reason}. {remedy}");
            }
        }

        return new LoadedLibTorch(folder, LoadTorchSharp(torchSharp, folder), hasCuda);
    }

    private static string LoadTorchSharp(string path, string libTorch)
    {
        var reason = DynamicLoader.TryLoad(path);
        if (reason is null) return path;
        if (reason.Contains(TorchSharpLibrary.MissingVersion, StringComparison.Ordinal))
        {
            try
            {
                path = TorchSharpLibrary.WeakenedCopy(path, TorchSharpLibrary.CacheFolder());
                reason = DynamicLoader.TryLoad(path);
                if (reason is null) return path;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or OverflowException)
            {
                throw new LibTorchUnavailableException(
                    $"TorchSharp's {path} needs a newer C++ standard library (GCC 13), and no copy that does without could be made: "
                        + $"{e.Message} Install a libstdc++6 of GCC 13 or later, or make {TorchSharpLibrary.FileName}'s cache folder writable.",
                    e);
            }
        }

        throw new LibTorchUnavailableException(
            $"TorchSharp's {path} does not load with the libtorch in {libTorch}: {reason}. It was built for libtorch 2.10: name a folder with that "
                + $"version with {FolderVariable}, or leave {FolderVariable} unset to use the one restored with the packages.");
    }

    private static string LibTorchFolder(string? setting)
    {
        var named = (Folder: setting, By: "the setting");
        if (string.IsNullOrEmpty(named.Folder)) named = (Environment.GetEnvironmentVariable(FolderVariable), FolderVariable);
        if (!string.IsNullOrEmpty(named.Folder))
        {
            // A folder that was asked for is used or refused; another one in its place would surprise.
            return HasLibTorch(named.Folder) ? Path.GetFullPath(named.Folder) : throw new LibTorchUnavailableException(
                $"There is no libtorch (libtorch_cpu.so) in {named.Folder}, the folder named by {named.By}: name the folder that holds it, "
                    + "such as a PyTorch installation's torch/lib.");
        }

        var places = Places("libtorch", "CACL.LibTorch");
        return places.FirstOrDefault(HasLibTorch) ?? throw new LibTorchUnavailableException(
            $"libtorch (libtorch_cpu.so) is in none of {string.Join(", ", places)}: run `dotnet restore` to fetch it, or name the folder of an existing "
                + $"one with {FolderVariable}.");
    }

    private static string TorchSharpFile()
    {
        var places = Places("libtorch", "CACL.TorchSharpNative");
        return places.Select(place => Path.Combine(place, TorchSharpLibrary.FileName)).FirstOrDefault(File.Exists)
            ?? throw new LibTorchUnavailableException(
                $"TorchSharp's {TorchSharpLibrary.FileName} is in none of {string.Join(", ", places)}: run `dotnet restore` to fetch it.");
    }

    private static List<string> Places(string besideProgram, string configured)
    {
        var places = new List<string> { Path.Combine(AppContext.BaseDirectory, besideProgram) };
        if (AppContext.GetData(configured) is string folder && folder.Length > 0) places.Add(Path.GetFullPath(folder));
        // Where the CUDA packages' own build steps put theirs.
        places.Add(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"));
        places.Add(AppContext.BaseDirectory);
        return places;
    }

    private static bool HasLibTorch(string folder) => File.Exists(Path.Combine(folder, "libtorch_cpu.so"));
}
