using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Pictures;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl segment</c>.</summary>
internal static class SegmentCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var checkpoint = PictureOptions.Checkpoint();
        var classifier = new Option<string>("--classifier")
        {
            Description = "classifier.safetensors, written by cacl evaluate --protocol linear "
            + "--out DIR.",
            HelpName = "FILE",
            Required = true
        };
        var video = PictureOptions.Video();
        var output = new Option<string?>("--out")
        {
            Description = "The painted clip. Default: VIDEO-segmented.mp4 in the current folder.",
            HelpName = "FILE.mp4"
        };
        var opacity = new Option<double>("--opacity")
        {
            Description = "Opacity of the colours, 0 to 1.",
            HelpName = "A",
            DefaultValueFactory = _ => 0.5,
            CustomParser = given => NumberOption.Read<double>(given, share => share is >= 0 and <= 1, "a number from 0 to 1"),
        };
        var size = PictureOptions.Size();
        var beside = new Option<bool>("--side-by-side") { Description = "The original clip on the left, the painted one on the right." };
        var device = PictureOptions.Device();
        var command = new Verb(
            "segment",
            "Paints a video with the classes that a linear classifier on a trained backbone sees in it, into an MP4 without sound.",
            "cacl segment --checkpoint runs/first --classifier results/classifier.safetensors --video clips/street.mp4",
            "cacl segment --checkpoint runs/first --classifier results/classifier.safetensors --video clips/street.mp4 --side-by-side "
                + "--size 640 --out street.mp4")
        {
            checkpoint, classifier, video, output, opacity, size, beside, device,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed => SegmentHandler.Run(
            new SegmentRequest(
                PictureOptions.Resolve(parsed.GetRequiredValue(checkpoint)),
                FilePaths.Absolute(parsed.GetRequiredValue(classifier)),
                FilePaths.Absolute(parsed.GetRequiredValue(video)),
                parsed.GetValue(output) is { } file ? FilePaths.Absolute(file) : null,
                parsed.GetValue(opacity),
                parsed.GetValue(size),
                parsed.GetValue(beside),
                parsed.GetRequiredValue(device),
                configuration.LoadClosed(parsed).Settings.Training),
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
