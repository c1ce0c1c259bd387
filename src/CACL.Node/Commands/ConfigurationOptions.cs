using System.CommandLine;
using CACL.Configuration.Keys;
using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.Commands;

/// <summary>The options <c>--config</c> and <c>--set</c>, for each verb that needs settings.</summary>
internal sealed class ConfigurationOptions
{
    private readonly Option<string[]> _files;

    private readonly Option<string[]> _overrides = Overrides();

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="required">Whether a file must be given.</param>
    public ConfigurationOptions(Command command, bool required)
    {
        _files = new Option<string[]>("--config")
        {
            Description = "HOCON file with settings; if there are several, the last one wins. hocon/README.md lists all keys.",
            HelpName = "FILE",
            Required = required,
            AllowMultipleArgumentsPerToken = true,
        };
        // An option that takes several values would take a misspelt option for one of them.
        _files.Validators.Add(given =>
        {
            foreach (var token in given.Tokens.Select(t => t.Value).Where(value => value.StartsWith("--", StringComparison.Ordinal)))
            {
                var near = EditDistance.Nearest(token, command.Options.Where(o => !o.Hidden).Select(o => o.Name));
                given.AddError($"Unrecognized option '{token}'.{(near is null ? "" : $" Did you mean {near}?")}");
            }
        });
        command.Add(_files);
        command.Add(_overrides);
    }

    /// <summary>Creates the option <c>--set</c> by itself.</summary>
    public static Option<string[]> Overrides() => new("--set")
    {
        Description = "Overrides one setting: key=value, such as cacl.training.batch-size=32. May be repeated.",
        HelpName = "key=value",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Loads the settings that a command line requests.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">Overrides, <c>key=value</c>, for which stronger options stand.</param>
    /// <exception cref="UserException">The settings are wrong.</exception>
    public ResolvedConfiguration Load(ParseResult parsed, params string[] more) => ConfigurationFiles.Load(
        parsed.GetValue(_files) ?? [],
        [.. parsed.GetValue(_overrides) ?? [], .. more],
        ConfigurationFiles.ProcessEnvironment());

    /// <summary>
    /// Does the same as <see cref="Load"/> for verbs that open no port: settings of a run that others may reach need no token here.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">Overrides, <c>key=value</c>, for which stronger options stand.</param>
    /// <exception cref="UserException">The settings are wrong.</exception>
    public ResolvedConfiguration LoadClosed(ParseResult parsed, params string[] more) => Load(parsed, [.. more, ConfigurationFiles.NoPort]);
}
