using System.CommandLine;
using System.Text.Json.Nodes;
using CACL.Configuration.Reading;
using CACL.Node.Ending;

namespace CACL.Node.Commands;

/// <summary>Options of the verbs that talk to a run: which run, with which token, and whether its answer is printed as received.</summary>
internal sealed class RunAddressOptions
{
    private readonly ConfigurationOptions _configuration;
    private readonly Option<string> _run = new("--run") { Description = "Folder of the run.", HelpName = "DIR", Required = true };
    private readonly Option<bool> _json;

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="json">Description of --json.</param>
    public RunAddressOptions(Command command, string json = "Prints the run's answer as JSON.")
    {
        _configuration = new ConfigurationOptions(command, required: false);
        _json = new Option<bool>("--json") { Description = json };
        command.Add(_run);
        command.Add(_json);
    }

    /// <summary>Returns the run folder, absolute.</summary>
    public string Folder(ParseResult parsed) => FilePaths.Absolute(parsed.GetValue(_run)!);

    /// <summary>Returns the token of the run's HTTP endpoint, or an empty text.</summary>
    /// <exception cref="UserException">The settings cannot be read.</exception>
    public string Token(ParseResult parsed) => _configuration.LoadClosed(parsed).Settings.Http.Token;

    /// <summary>Prints an answer: the JSON object, or what <paramref name="tell"/> makes of it.</summary>
    public void Print(ParseResult parsed, JsonObject answer, Action<TextWriter> tell)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json)) output.WriteLine(answer.ToJsonString());
        else tell(output);
    }
}
