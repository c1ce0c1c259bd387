using System.CommandLine;
using CACL.Configuration.Keys;
using CACL.Node.Ending;

namespace CACL.Node.Commands;

/// <summary>Parses a command line of <c>cacl</c>, executes it, and reports its failure.</summary>
internal static class CaclCommandLine
{
    /// <summary>Runs one command line.</summary>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var root = CaclCommand.Create(out var trace);
        // A file name may begin with @.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action?.ClearsParseErrors != true) return TellUsage(parsed, error);
        try
        {
            // The verbs handle signals themselves: a run saves itself first.
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = output,
                Error = error,
            });
        }
        catch (Exception failure)
        {
            return Failures.Tell(failure, parsed.GetValue(trace), error);
        }
    }

    private static int TellUsage(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult;
        var words = new Stack<string>();
        for (var at = command; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            words.Push(at.Command is RootCommand ? "cacl" : at.Command.Name);
        var line = string.Join(' ', words);
        foreach (var fault in parsed.Errors.Select(e => e.Message).Distinct()) error.WriteLine(fault);
        var near = parsed.UnmatchedTokens
            .Select(token => EditDistance.Nearest(token, command.Command.Children.Where(c => !c.Hidden).Select(c => c.Name)))
            .FirstOrDefault(name => name is not null);
        error.WriteLine(near is null ? $"Try: {line} --help" : $"Did you mean {near}? Try: {line} --help");
        return ExitCodes.Usage;
    }
}
