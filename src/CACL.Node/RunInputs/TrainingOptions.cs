using CACL.Actors.Contracts;
using CACL.Data.Wording;
using CACL.Learning.Runtime;
using CACL.Node.Settings;
using CACL.Runs.Steps;

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
    /// <param name="share">This process's share of each batch; null: all of it.</param>
    /// <param name="processes">Number of processes that train on this machine together and share its cores.</param>
    public static RunOptions Of(
        ResolvedConfiguration configuration, string folder, string device, Precision precision, TrainingVideos videos,
        BatchShare? share = null, int processes = 1)
    {
        var settings = configuration.Settings;
        var fingerprint = new Dictionary<string, string>(configuration.Fingerprint)
        {
            [TrainingVideos.Setting] = videos.Identity,
            [SettingNames.Precision] = precision.Word(),
        };
        return settings.ToRunOptions(folder, device, fingerprint) with
        {
            DecoderBounds = DecoderBounds.Of(
                device, settings.Training.Threads, Math.Max(1, Environment.ProcessorCount / processes)),
            Share = share ?? BatchShare.Whole,
        };
    }
}
