using System.Runtime.InteropServices;

namespace CACL.Learning.Runtime;

/// <summary>The native libraries that were loaded, and where they are.</summary>
/// <param name="Folder">libtorch's folder.</param>
/// <param name="TorchSharp">TorchSharp's native library, possibly a copy in the user's cache.</param>
/// <param name="HasCuda">Whether this libtorch was built with CUDA. If it was not, do not request a CUDA device from TorchSharp: it would
/// search disks for one.</param>
/// <param name="Version">libtorch's version, such as 2.10.0.</param>
public sealed record LoadedLibTorch(string Folder, string TorchSharp, bool HasCuda, Version Version);

/// <summary>
/// Loads libtorch and TorchSharp's native library by full path, once per process. This must happen before any TorchSharp type is touched:
/// TorchSharp's own search otherwise throws from a type initialiser and copies half a gigabyte.
/// </summary>
public static class LibTorchLoader
{
    /// <summary>
    /// The environment variable that names a folder with an existing libtorch, such as a PyTorch installation's <c>torch/lib</c>.
    /// </summary>
    public const string FolderVariable = "CACL_LIBTORCH";

    private static readonly Lock Gate = new();
    private static LoadedLibTorch? _loaded;

    /// <summary>What was loaded, or null before <see cref="Load"/>.</summary>
    public static LoadedLibTorch? Loaded => Volatile.Read(ref _loaded);

    /// <summary>
    /// Loads libtorch from the first of: <paramref name="folder"/>, the folder that <see cref="FolderVariable"/> names,
    /// <c>libtorch/</c> beside the program (a publish), the folder that the build wrote into runtimeconfig.json, the program's own.
    /// Later calls return what the first one loaded.
    /// </summary>
    /// <param name="folder">A folder with an existing libtorch, or null.</param>
    /// <exception cref="LibTorchUnavailableException">There is nothing usable; the message says what to do.</exception>
    public static LoadedLibTorch Load(string? folder = null)
    {
        lock (Gate)
        {
            if (_loaded is { } loaded) return loaded;
            loaded = LoadFrom(LibTorchSearch.Here(folder));
            Volatile.Write(ref _loaded, loaded);
            return loaded;
        }
    }

    private static LoadedLibTorch LoadFrom(LibTorchSearch search)
    {
        var folder = search.LibTorch();
        var torchSharp = search.TorchSharp();
        // OpenMP reads this once, when it is loaded. Without it, its threads wait for each other by spinning for milliseconds, and with
        // decoders on the same cores a step then takes several times as long; alone on the machine it costs a few percent.
        DynamicLoader.SetVariableIfUnset("OMP_WAIT_POLICY", "passive");

        // Dependencies come first, each by its full path: a library that needs one later finds it loaded under its name.
        var hasCuda = File.Exists(Path.Combine(folder, "libtorch_cuda.so"));
        string[] libraries = hasCuda
            ? ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"]
            : ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
        var version = LibTorchVersion.Wanted;
        foreach (var library in libraries)
        {
            var path = Path.Combine(folder, library);
            if (!NativeLibrary.TryLoad(path, out _) && DynamicLoader.TryLoad(path) is { } reason)
                throw DoesNotLoad(library, path, reason, search);
            if (library == "libtorch_cpu.so") version = FittingVersion(path, search);
        }

        return new LoadedLibTorch(folder, LoadTorchSharp(torchSharp, folder), hasCuda, version);
    }

    // Checked before any other library binds to this one: a near miss could load and then crash in the middle of a step.
    private static Version FittingVersion(string libTorchCpu, LibTorchSearch search)
    {
        var version = LibTorchVersion.Of(libTorchCpu);
        if (LibTorchVersion.Fits(version)) return version!;
        var found = version is null ? "of an unknown version" : $"version {version}";
        var named = search.NamedBy is { } name ? $", the folder named by {name}," : "";
        throw new LibTorchUnavailableException(
            $"The libtorch in {Path.GetDirectoryName(libTorchCpu)}{named} is {found}, and TorchSharp needs {LibTorchVersion.Wanted} or a "
                + $"newer {LibTorchVersion.Wanted.Major}.x: "
                + (search.NamedBy is null ? "run `dotnet restore`, or name a folder with that version by " + FolderVariable + "."
                    : $"name a folder with that version, or leave {search.NamedBy} unset to use the one that comes with the program."));
    }

    private static LibTorchUnavailableException DoesNotLoad(string library, string path, string reason, LibTorchSearch search)
    {
        var remedy = library.Contains("cuda", StringComparison.Ordinal)
            ? "Put the folders of CUDA's and cuDNN's libraries on LD_LIBRARY_PATH, or use a CPU build of libtorch."
            : "The file may be damaged or built for another system: "
                + (search.NamedBy is { } name ? $"leave {name} unset to use the one that comes with the program."
                    : $"restore the packages again, or name another libtorch with {FolderVariable}.");
        var version = LibTorchVersion.FromFiles(Path.Combine(Path.GetDirectoryName(path)!, "libtorch_cpu.so"));
        if (version is not null && !LibTorchVersion.Fits(version))
            remedy += $" It is version {version}; TorchSharp needs {LibTorchVersion.Wanted} or a newer {LibTorchVersion.Wanted.Major}.x.";
        return new LibTorchUnavailableException($"libtorch's {path} does not load: {reason}. {remedy}");
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
                        + $"{e.Message} Install a libstdc++6 of GCC 13 or later, or make {TorchSharpLibrary.FileName}'s cache folder "
                        + "writable.",
                    e);
            }
        }

        throw new LibTorchUnavailableException(
            $"TorchSharp's {path} does not load with the libtorch in {libTorch}: {reason}. It was built for libtorch "
                + $"{LibTorchVersion.Wanted}: name a "
                + $"folder with that version with {FolderVariable}, or leave {FolderVariable} unset to use the one restored with the "
                + "packages.");
    }
}
