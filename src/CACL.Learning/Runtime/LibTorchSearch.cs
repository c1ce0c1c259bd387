using CACL.Data.Wording;

namespace CACL.Learning.Runtime;

/// <summary>The places in which libtorch and TorchSharp's native library are looked for.</summary>
/// <param name="Setting">The folder that <c>cacl.training.libtorch</c> names, or null.</param>
/// <param name="Variable">The folder that the environment names, or null.</param>
/// <param name="Program">The program's folder.</param>
/// <param name="RestoredLibTorch">Where the build found libtorch (runtimeconfig.json), or null.</param>
/// <param name="RestoredTorchSharp">Where the build found TorchSharp's native library, or null.</param>
internal sealed record LibTorchSearch(
    string? Setting, string? Variable, string Program, string? RestoredLibTorch, string? RestoredTorchSharp)
{
    /// <summary>Returns the places for this process.</summary>
    public static LibTorchSearch Here(string? setting) => new(
        setting,
        Environment.GetEnvironmentVariable(LibTorchLoader.FolderVariable),
        AppContext.BaseDirectory,
        AppContext.GetData("CACL.LibTorch") as string,
        AppContext.GetData("CACL.TorchSharpNative") as string);

    /// <summary>Name of the setting or variable that named the folder, or null where the program found its own.</summary>
    public string? NamedBy =>
        !string.IsNullOrEmpty(Setting) ? SettingNames.LibTorch : !string.IsNullOrEmpty(Variable) ? LibTorchLoader.FolderVariable : null;

    /// <summary>Returns the folder with libtorch.</summary>
    /// <exception cref="LibTorchUnavailableException">There is none; the message names the places and the remedy.</exception>
    public string LibTorch()
    {
        if (NamedBy is { } name)
        {
            // A folder that was requested is used or refused; taking another one instead would be a surprise.
            var folder = string.IsNullOrEmpty(Setting) ? Variable! : Setting;
            return HasLibTorch(folder) ? Path.GetFullPath(folder) : throw new LibTorchUnavailableException(
                $"There is no libtorch (libtorch_cpu.so) in {folder}, the folder named by {name}: name the folder that holds it, "
                    + "such as a PyTorch installation's torch/lib.");
        }

        var places = Places(RestoredLibTorch);
        return places.FirstOrDefault(HasLibTorch) ?? throw new LibTorchUnavailableException(
            $"libtorch (libtorch_cpu.so) is in none of {string.Join(", ", places)}: run `dotnet restore` to fetch it, or name the folder "
                + "of an existing "
                + $"one with {LibTorchLoader.FolderVariable}.");
    }

    /// <summary>Returns the path of TorchSharp's native library.</summary>
    /// <exception cref="LibTorchUnavailableException">There is none; the message names the places and the remedy.</exception>
    public string TorchSharp()
    {
        var places = Places(RestoredTorchSharp);
        return places.Select(place => Path.Combine(place, TorchSharpLibrary.FileName)).FirstOrDefault(File.Exists)
            ?? throw new LibTorchUnavailableException(
                $"TorchSharp's {TorchSharpLibrary.FileName} is in none of {string.Join(", ", places)}: run `dotnet restore` to fetch it.");
    }

    // A published program carries its own and may be on the machine that built it, beside packages that change: its own comes first. NuGet
    // puts native files into the program's folder itself unless told otherwise.
    private List<string> Places(string? restored) =>
        [Path.Combine(Program, "libtorch"), .. string.IsNullOrEmpty(restored) ? [] : new[] { Path.GetFullPath(restored) }, Program];

    private static bool HasLibTorch(string folder) => File.Exists(Path.Combine(folder, "libtorch_cpu.so"));
}
