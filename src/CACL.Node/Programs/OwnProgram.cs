namespace CACL.Node.Programs;

/// <summary>How this very program is started once more.</summary>
internal static class OwnProgram
{
    private const string Name = "CACL.Node";

    /// <summary>
    /// The program and its first arguments: the executable of a publish, or dotnet with the program's library. Another program that uses
    /// this assembly, such as its tests, starts the library, too.
    /// </summary>
    public static IReadOnlyList<string> Command { get; } = Find(Environment.ProcessPath, AppContext.BaseDirectory);

    /// <summary>As <see cref="Command"/>, of a process with this executable and base folder.</summary>
    internal static IReadOnlyList<string> Find(string? executable, string folder)
    {
        var word = Path.GetFileName(executable);
        if (word == Name) return [executable!];
        return [word == "dotnet" ? executable! : "dotnet", Path.Combine(folder, Name + ".dll")];
    }
}
