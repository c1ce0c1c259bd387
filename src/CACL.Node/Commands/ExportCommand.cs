using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Weights;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl export</c>.</summary>
internal static class ExportCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var checkpoint = new Option<string>("--checkpoint")
        {
            Description = "A run folder (its newest checkpoint), a checkpoint's folder, "
            + "or a query.safetensors.",
            HelpName = "PATH",
            Required = true
        };
        var output = new Option<string>("--out") { Description = "The safetensors file to write.", HelpName = "FILE", Required = true };
        var network = new Option<string>("--network")
        {
            Description = "query: the query network, which is evaluated; key: the key network, "
            + "its moving average.",
            HelpName = "query|key",
            DefaultValueFactory = _ => "query"
        };
        network.AcceptOnlyFromAmong("query", "key");
        var heads =
            new Option<bool>("--with-heads") { Description = "Also writes the heads (head_global.*, head_pixel.*, head_cycle.*)." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replaces the file of --out." };
        var command = new Verb(
            "export",
            "Writes a trained backbone under torchvision's names.",
            "cacl export --checkpoint runs/first --out backbone.safetensors",
            "cacl export --checkpoint runs/first/checkpoints/step-00000100 --out momentum.safetensors --network key --with-heads",
            "",
            "In Python: model.load_state_dict(safetensors.torch.load_file('backbone.safetensors'), strict=False); only fc is missing.")
        {
            checkpoint,
            output,
            network,
            heads,
            overwrite,
        };
        command.SetAction(parsed => ExportHandler.Run(
            FilePaths.Absolute(parsed.GetRequiredValue(checkpoint)),
            FilePaths.Absolute(parsed.GetRequiredValue(output)),
            parsed.GetRequiredValue(network) == "key",
            parsed.GetValue(heads),
            parsed.GetValue(overwrite),
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
