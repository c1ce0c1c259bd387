using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Learning.Runtime;
using CACL.Node.Settings;
using CACL.Node.Verification;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl verify</c>.</summary>
internal static class VerifyCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var golden =
            new Option<string>("--golden") { Description = "Folder with golden files (*.safetensors).", HelpName = "DIR", Required = true };
        var device = new Option<string>("--device")
        {
            Description = "Device to compute on.",
            HelpName = "auto|cpu|cuda|cuda:N",
            DefaultValueFactory = _ => "cpu"
        };
        device.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<string>() is { } name && !TrainingSettings.IsDevice(name))
                parsed.AddError($"--device {name}: expected auto, cpu, cuda or cuda:N.");
        });
        var precision = new Option<string>("--precision")
        {
            Description = "The numbers to compute in. Each precision has tolerances of its own; auto: tf32 on a card that has it.",
            HelpName = "auto|fp32|tf32|bf16",
            DefaultValueFactory = _ => "fp32",
        };
        precision.AcceptOnlyFromAmong(["auto", .. Precisions.ToChooseFrom.Select(known => known.Word())]);
        var command = new Verb(
            "verify",
            "Recomputes every golden file in a folder and prints a line for each quantity: worst error, tolerance, pass or fail.",
            "cacl verify --golden golden",
            "cacl verify --golden golden --device cuda --precision bf16")
        {
            golden,
            device,
            precision,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed => VerifyHandler.Run(
            FilePaths.Absolute(parsed.GetRequiredValue(golden)),
            parsed.GetRequiredValue(device),
            Precisions.Find(parsed.GetRequiredValue(precision)),
            configuration.LoadClosed(parsed).Settings.Training,
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
