using CACL.Data.Processes;

namespace CACL.Node.Doctor;

/// <summary>Reads what another program prints.</summary>
internal static class ProgramOutput
{
    /// <summary>Returns the lines that a program writes to standard output; null if it is missing, fails or does not end in time.</summary>
    public static IReadOnlyList<string>? FirstLines(string program, TimeSpan deadline, params string[] arguments)
    {
        try
        {
            using var process = new ChildProcess(new ChildStartInfo(program, arguments) { Timeout = deadline }, CancellationToken.None);
            var output = process.Lines.ReadToEnd();
            return process.WaitForExit().IsSuccess ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (Exception e) when (e is ChildStartException or TimeoutException or IOException)
        {
            return null;
        }
    }
}
