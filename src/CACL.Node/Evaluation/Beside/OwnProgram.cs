namespace CACL.Node.Evaluation.Beside;

/// <summary>How this program is started again for a child process.</summary>
/// <param name="FileName">The program to start.</param>
/// <param name="Arguments">What stands before the verb.</param>
internal sealed record OwnProgram(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The way in which this process was started: a program of its own, or a library that dotnet runs.</summary>
    public static OwnProgram Find()
    {
        var process = Environment.ProcessPath ?? throw new InvalidOperationException("The system does not say what program this process runs.");
        return Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? new OwnProgram(process, [typeof(OwnProgram).Assembly.Location])
            : new OwnProgram(process, []);
    }
}
