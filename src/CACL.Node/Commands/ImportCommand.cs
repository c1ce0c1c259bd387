using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Weights;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl import</c>.</summary>
internal static class ImportCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Weights of a ResNet-18 or -50: .pth, .pt, .pth.tar or .safetensors." };
        var output = new Option<string>("--out")
        {
            Description = "File to write, for train --init-from and evaluate --checkpoint.",
            HelpName = "FILE",
            Required = true
        };
        var prefix = new Option<string?>("--prefix")
        {
            Description = "Prefix of the names of the network to take, including the dot, such as "
            + "module.encoder_k. Default: detected.",
            HelpName = "P"
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replaces the file of --out." };
        var json = new Option<bool>("--json") { Description = "Prints what was taken and what was left as one JSON object." };
        var command = new Verb(
            "import",
            "Extracts a ResNet's backbone from a PyTorch or safetensors file. It reads only names and numbers, and runs nothing in the "
                + "file.",
            "cacl import moco_v2_800ep_pretrain.pth.tar --out moco-v2.safetensors",
            "cacl import resnet50-0676ba61.pth --out supervised.safetensors",
            "cacl train --config hocon/kinetics-r50.conf --set cacl.data.videos=clips --init-from moco-v2.safetensors")
        {
            file,
            output,
            prefix,
            overwrite,
            json,
        };
        command.SetAction(parsed => ImportHandler.Run(
            FilePaths.Absolute(parsed.GetRequiredValue(file)),
            FilePaths.Absolute(parsed.GetRequiredValue(output)),
            parsed.GetValue(prefix),
            parsed.GetValue(overwrite),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
