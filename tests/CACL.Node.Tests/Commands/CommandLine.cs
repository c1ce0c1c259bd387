using CACL.Node.Commands;

namespace CACL.Node.Tests.Commands;

/// <summary>Runs the program in this process, for tests that need no process of its own.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    public static (int Status, string Output, string Error) Run(params IReadOnlyList<string> arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = CaclCommandLine.Run(arguments, output, error);
        return (status, output.ToString(), error.ToString());
    }
}
