using CACL.Actors.Contracts;
using CACL.Data.Wording;
using CACL.Learning.Runtime;
using CACL.Node.Settings;

namespace CACL.Node.RunInputs;

/// <summary>Turns the settings as written into the options of a run.</summary>
internal static class TrainingOptions
{
    /// <summary>Returns the options of a run.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="device">Torch device, resolved.</param>
    /// <param name="precision">The precision, resolved, which is part of what must be the same on resume.</param>
    /// <param name="videos">The videos, which are part of what must be the same on resume.</param>
    public static RunOptions Of(
        ResolvedConfiguration configuration, string folder, string device, Precision precision, TrainingVideos videos)
    {
        var settings = configuration.Settings;
        var fingerprint = new Dictionary<string, string>(configuration.Fingerprint)
        {
            [TrainingVideos.Setting] = videos.Identity,
            [SettingNames.Precision] = precision.Word(),
        };
        return settings.ToRunOptions(folder, device, fingerprint) with
        {
            DecoderBounds = DecoderBounds.Of(device, settings.Training.Threads, Environment.ProcessorCount),
        };
    }
}
