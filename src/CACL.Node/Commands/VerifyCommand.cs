using System.CommandLine;
using CACL.Node.Configuration;

namespace CACL.Node.Commands;

/// <summary><c>cacl verify</c>.</summary>
internal static class VerifyCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var golden = new Option<string>("--golden") { Description = "Folder with golden files.", HelpName = "DIR", Required = true };
        var device = new Option<string>("--device") { Description = "auto, cpu, cuda or cuda:N.", HelpName = "D", DefaultValueFactory = _ => "cpu" };
        device.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<string>() is { } name && !TrainingSettings.IsDevice(name)) parsed.AddError($"--device {name}: expected auto, cpu, cuda or cuda:N.");
        });
        var command = new Verb(
            "verify",
            "Recomputes every golden file of a folder and prints a line for each quantity: worst error, tolerance, pass or fail.",
            "cacl verify --golden golden")
        {
            golden,
            device,
        };
        command.SetAction((Func<ParseResult, int>)(_ => throw new UserException("This build of the program cannot verify yet.")));
        return command;
    }
}
