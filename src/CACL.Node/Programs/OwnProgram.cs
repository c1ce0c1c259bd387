namespace CACL.Node.Programs;

/// <summary>How this very program is started once more.</summary>
/// <param name="FileName">The program to start.</param>
/// <param name="Arguments">What stands before the verb.</param>
internal sealed record OwnProgram(string FileName, IReadOnlyList<string> Arguments)
{
    private const string Name = "CACL.Node";

    /// <summary>
    /// The way in which this process was started: the executable of a publish, or dotnet with the program's library. Another program that
    /// uses this assembly, such as its tests, starts the library, too.
    /// </summary>
    public static OwnProgram Find() => Find(Environment.ProcessPath, AppContext.BaseDirectory);

    /// <summary>As <see cref="Find()"/>, of a process with this executable and base folder.</summary>
    internal static OwnProgram Find(string? executable, string folder)
    {
        var word = Path.GetFileName(executable);
        if (word == Name) return new OwnProgram(executable!, []);
        return new OwnProgram(word == "dotnet" ? executable! : "dotnet", [Path.Combine(folder, Name + ".dll")]);
    }
}
