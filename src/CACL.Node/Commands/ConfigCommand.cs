using System.CommandLine;
using CACL.Configuration.Keys;
using CACL.Node.Settings;
using CACL.Node.Study;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl config</c>: shows settings, checks presets.</summary>
internal static class ConfigCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create() =>
        new Verb("config", "Shows settings and where each one comes from; checks presets and studies.", "cacl config show --config "
            + "hocon/demo.conf", "cacl config check my.conf")
        { Subcommands = { Show(), Check(), Keys() } };

    private static Verb Show()
    {
        var changed = new Option<bool>("--changed") { Description = "Prints only what differs from the defaults." };
        var command = new Verb(
            "show",
            "Prints every setting with the file and line, variable or option that it came from. The output can be passed to --config.",
            "cacl config show --config hocon/kinetics-r50.conf --changed",
            "CACL_TRAINING_EPOCHS=3 cacl config show --changed",
            "cacl config show --config runs/first/config.resolved.conf --set cacl.data.stride=4")
        {
            changed,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed =>
        {
            var resolved = configuration.Load(parsed);
            var output = parsed.InvocationConfiguration.Output;
            if (!parsed.GetValue(changed)) output.Write(resolved.Render());
            else foreach (var setting in resolved.DifferencesFrom(
                ConfigurationFiles.Defaults())) output.WriteLine(ResolvedConfiguration.Line(setting));
        });
        return command;
    }

    private static Verb Check()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "HOCON files, presets or studies; each is checked separately.",
            Arity = ArgumentArity.OneOrMore
        };
        var overrides = ConfigurationOptions.Overrides();
        var command = new Verb(
            "check",
            "Prints what each file changes, the rows of a study, or everything that is wrong. Exit status 1 if any file is wrong.",
            "cacl config check hocon/kinetics-r18.conf",
            "cacl config check hocon/studies/small.conf",
            "cacl config check my.conf --set cacl.training.batch-size=64")
        {
            files,
            overrides,
        };
        command.SetAction(parsed => ConfigurationCheck.Run(
            parsed.GetRequiredValue(files),
            parsed.GetValue(overrides) ?? [],
            ConfigurationFiles.ProcessEnvironment(),
            StudyCheck.Of,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Verb Keys()
    {
        var keys = new Verb("keys", "Prints the page of all keys, which is hocon/README.md.", "cacl config keys > hocon/README.md");
        keys.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(KeyPage.Render()));
        return keys;
    }
}
