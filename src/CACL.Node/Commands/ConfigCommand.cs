using System.CommandLine;
using CACL.Node.Configuration;

namespace CACL.Node.Commands;

/// <summary><c>cacl config</c>: for those who work on the program.</summary>
internal static class ConfigCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var keys = new Command("keys", "Prints the page of all keys: cacl config keys > hocon/README.md.");
        keys.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(KeyPage.Render()));
        return new Command("config", "Settings.") { Hidden = true, Subcommands = { keys } };
    }
}
