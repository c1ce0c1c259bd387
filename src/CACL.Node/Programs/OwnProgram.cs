namespace CACL.Node.Programs;

/// <summary>How to start this program once more.</summary>
/// <param name="FileName">The program to start.</param>
/// <param name="Arguments">Arguments before the verb.</param>
internal sealed record OwnProgram(string FileName, IReadOnlyList<string> Arguments)
{
    private const string Name = "CACL.Node";

    /// <summary>
    /// Returns how this process was started: by the executable of a published program, or by dotnet with the program's library. Another
    /// program that uses this assembly, such as its tests, starts the library, too.
    /// </summary>
    public static OwnProgram Find() => Find(Environment.ProcessPath, AppContext.BaseDirectory);

    /// <summary>Does the same as <see cref="Find()"/> for a process with this executable and base folder.</summary>
    internal static OwnProgram Find(string? executable, string folder)
    {
        var word = Path.GetFileName(executable);
        if (word == Name) return new OwnProgram(executable!, []);
        return new OwnProgram(word == "dotnet" ? executable! : "dotnet", [Path.Combine(folder, Name + ".dll")]);
    }
}
