using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CACL.Node.Ending;

namespace CACL.Node.Commands;

/// <summary>A verb with examples, which its help shows at the end.</summary>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Working command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>Shows the usual help, followed by a verb's examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyList<string> rootExamples) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command switch
        {
            Verb verb => verb.Examples,
            RootCommand => rootExamples,
            _ => [],
        };
        var output = parseResult.InvocationConfiguration.Output;
        if (examples.Count > 0) output.WriteLine("Examples:");
        foreach (var example in examples) output.WriteLine(example.Length > 0 ? $"  {example}" : "");
        output.WriteLine();
        output.WriteLine("Exit status: 0 done; 1 not done, standard error says why; 2 wrong command line; 130, 143 stopped by a signal, in "
            + "the case of a training after saving.");
        return ExitCodes.Success;
    }
}
