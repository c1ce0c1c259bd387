using CACL.Actors.Contracts;
using CACL.Data.Decoding.Selection;
using CACL.Learning.Runtime;
using CACL.Node.Devices;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.RunInputs;

/// <summary>What run.json says of a start.</summary>
internal static class StartOfRun
{
    /// <summary>Of a start that is about to begin: libtorch is loaded, its threads are set.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="options">What it is started with.</param>
    /// <param name="precision">The precision that was chosen.</param>
    /// <param name="decoder">The decoder that was chosen.</param>
    /// <param name="stepsDone">Steps that the run has behind it.</param>
    /// <param name="now">The time of day.</param>
    public static StartFacts Facts(
        RunSettings settings, RunOptions options, Precision precision, DecoderKind decoder, long stepsDone, DateTimeOffset now)
    {
        return new StartFacts
        {
            Time = now,
            FirstStep = stepsDone + 1,
            Version = ProgramVersion.Text,
            Threads = TorchThreads.Used,
            InteropThreads = TorchThreads.BetweenOperations,
            DeviceSetting = settings.Training.Device,
            Device = options.Device,
            DeviceName = DeviceName.Of(options.Device),
            Precision = precision.Word(),
            Decoders = options.FirstDecoders,
            DecodersChosen = options.Decoders == 0,
            Decoder = DataSettings.Word(decoder),
            Ranks = options.Share.Ranks > 1 ? options.Share.Ranks : null,
        };
    }
}
