using System.CommandLine;
using System.Globalization;
using CACL.Configuration.Reading;
using CACL.Node.Pictures;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl visualize</c>.</summary>
internal static class VisualizeCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var checkpoint = PictureOptions.Checkpoint();
        var video = PictureOptions.Video();
        var frame = new Option<int?>("--frame")
        {
            Description = "The first frame, counted from 0. Default: one in the middle.",
            HelpName = "N",
            CustomParser = given => NumberOption.Read<int>(given, number => number >= 0, "a whole number of 0 or more"),
        };
        var stride = new Option<int>("--stride")
        {
            Description = "Distance from the first frame to the second, 0 to 1000 frames.",
            HelpName = "N",
            DefaultValueFactory = _ => 8,
            CustomParser = given => NumberOption.Read<int>(given, number => number is >= 0 and <= 1000, "a whole number from 0 to 1000"),
        };
        var point = new Option<string[]>("--point")
        {
            Description = "A pixel of the first frame, column,row, in the video's own pixels as a player shows it. Up to "
                + $"{VisualizeHandler.MostPoints} times. Default: four, spread over the frame.",
            HelpName = "x,y",
        };
        var output = new Option<string?>("--out")
        {
            Description = "The picture. Default: VIDEO-frame-N.png in the current folder.",
            HelpName = "FILE.png"
        };
        var size = PictureOptions.Size(640);
        var device = PictureOptions.Device();
        var command = new Verb(
            "visualize",
            "Draws which pixels of a later frame are similar to chosen pixels of an earlier one, under each head (the paper's Figure 3).",
            "cacl visualize --checkpoint runs/first --video clips/street.mp4",
            "cacl visualize --checkpoint runs/first --video clips/street.mp4 --frame 40 --point 120,88 --point 300,200 --out street.png")
        {
            checkpoint, video, frame, stride, point, output, size, device,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        point.Validators.Add(parsed =>
        {
            if (parsed.Tokens.Count > VisualizeHandler.MostPoints)
                parsed.AddError($"--point: at most {VisualizeHandler.MostPoints} fit on a sheet.");
            foreach (var text in parsed.Tokens.Select(token => token.Value).Where(text => Point(text) is null))
                parsed.AddError($"--point {text}: expected a column and a row, such as 120,88.");
        });
        command.SetAction(parsed => VisualizeHandler.Run(
            new VisualizeRequest(
                FilePaths.Absolute(parsed.GetRequiredValue(checkpoint)),
                FilePaths.Absolute(parsed.GetRequiredValue(video)),
                parsed.GetValue(frame),
                parsed.GetValue(stride),
                [.. (parsed.GetValue(point) ?? []).Select(text => Point(text)!.Value)],
                parsed.GetValue(output) is { } file ? FilePaths.Absolute(file) : null,
                parsed.GetValue(size),
                parsed.GetRequiredValue(device),
                configuration.LoadClosed(parsed).Settings),
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static (int X, int Y)? Point(string text) =>
        text.Split(',') is [var x, var y]
        && int.TryParse(x, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var column)
        && int.TryParse(y, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var row)
            ? (column, row)
            : null;
}
