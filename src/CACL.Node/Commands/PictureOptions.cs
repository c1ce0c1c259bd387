using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Learning.Evaluation;
using CACL.Node.Settings;

namespace CACL.Node.Commands;

/// <summary>Options that all drawing verbs have.</summary>
internal static class PictureOptions
{
    /// <summary>Smallest and largest longer side of a frame, pixels.</summary>
    private const int LeastSide = 64;
    private const int MostSide = 8192;

    /// <summary>Creates the option for the network.</summary>
    public static Option<string> Checkpoint() => new("--checkpoint")
    {
        Description = "A run folder, a checkpoint's folder, or a .safetensors file.",
        HelpName = "PATH",
        Required = true,
    };

    /// <summary>Creates the option for the video.</summary>
    public static Option<string> Video() => new("--video") { Description = "The video.", HelpName = "FILE", Required = true };

    /// <summary>Creates the option for the device.</summary>
    public static Option<string> Device()
    {
        var device = new Option<string>("--device")
        {
            Description = "Device to compute on.",
            HelpName = "auto|cpu|cuda|cuda:N",
            DefaultValueFactory = _ => "auto"
        };
        device.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<string>() is { } name && !TrainingSettings.IsDevice(name))
                parsed.AddError($"--device {name}: expected auto, cpu, cuda or cuda:N.");
        });
        return device;
    }

    /// <summary>Creates the option for the size of frames.</summary>
    /// <param name="otherwise">The default; the largest allowed value leaves frames as they are.</param>
    public static Option<int> Size(int otherwise = MostSide) => new("--size")
    {
        Description = $"Most pixels of a frame's longer side, {LeastSide} to "
            + $"{MostSide}{(otherwise == MostSide ? "; larger frames are shrunk" : "")}.",
        HelpName = "PIXELS",
        DefaultValueFactory = _ => otherwise,
        CustomParser = given => NumberOption.Read<int>(
            given, number => number is >= LeastSide and <= MostSide, $"a whole number from {LeastSide} to {MostSide}"),
    };

    /// <summary>Resolves a checkpoint as the user wrote it: a path, or the word for an untrained network.</summary>
    public static string Resolve(string checkpoint) => checkpoint == Representation.Random ? checkpoint : FilePaths.Absolute(checkpoint);
}
