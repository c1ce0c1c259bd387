using CACL.Actors.Contracts;
using CACL.Data.Wording;

namespace CACL.Actors.Telemetry;

/// <summary>Measurements of the decoders.</summary>
/// <param name="Decoders">Number of decoders.</param>
/// <param name="SecondsPerPair">Mean time in seconds in which one of them decodes a pair; null: not known yet.</param>
/// <param name="Processors">Number of processors of the machine.</param>
/// <param name="IsChosen">Whether the program chooses the number of decoders.</param>
public sealed record DecodingFigures(int Decoders, double? SecondsPerPair, int Processors, bool IsChosen = false);

/// <summary>Says in a sentence what limits a training's speed, and what would help.</summary>
public static class Bottleneck
{
    /// <summary>
    /// Steps before there is a verdict: the first ones are slow, since memory is allocated, kernels are chosen and the channel fills.
    /// </summary>
    private const int FewestSteps = 8;

    // Below these shares, a change of the settings could gain hardly anything.
    private const double WaitWorthNaming = 0.05;
    private const double SnapshotWorthNaming = 0.1;
    private const double TransferWorthNaming = 0.3;

    /// <summary>Factor of spare decoders, since videos differ in their decoding time.</summary>
    private const double Spare = 1.1;

    /// <summary>Returns the sentence, a function of the arguments alone.</summary>
    /// <param name="times">Where the time of the last steps went; null before the first.</param>
    /// <param name="decoding">Measurements of the decoders.</param>
    public static string Verdict(StepTimeFigures? times, DecodingFigures decoding)
    {
        ArgumentNullException.ThrowIfNull(decoding);
        if (times is null) return "No step is done yet.";
        if (times.Steps < FewestSteps) return $"Too early to say where the time goes: {times.Steps} of {FewestSteps} steps are measured.";
        var shares = times.Shares;
        if (shares.Data >= WaitWorthNaming) return Starved(times, decoding);
        if (shares.Snapshot >= SnapshotWorthNaming)
            return $"Copying the state for checkpoints takes {Percent.Whole(shares.Snapshot)} of the time: fewer checkpoints would help "
                + $"({SettingNames.CheckpointEverySteps}, {SettingNames.EvaluationEverySteps}).";
        if (shares.Transfer >= TransferWorthNaming)
            return $"Bringing the batches to the device and photometry take {Percent.Whole(shares.Transfer)} of the time, computing "
                + $"{Percent.Whole(Computing(shares))}: the decoders keep up.";
        return $"Computing is the bottleneck, as it should be: it takes {Percent.Whole(Computing(shares))} of the time, and the decoders "
            + "keep up.";
    }

    private static double Computing(TimeShares shares) => shares.Forward + shares.Backward + shares.Optimiser;

    private static string Starved(StepTimeFigures times, DecodingFigures decoding)
    {
        var waits = $"the training waits {Percent.Whole(times.Shares.Data)} of its time for data";
        if (decoding is not { Decoders: > 0, SecondsPerPair: { } perPair } || times.ComputeSeconds <= 0)
            return $"The decoders are the bottleneck: {waits}.";

        // The number of decoders that deliver a step's pairs in the time that the step itself takes.
        var needed = Math.Ceiling(Spare * times.Pairs * perPair / times.ComputeSeconds);
        if (needed <= decoding.Decoders)
        {
            return $"{char.ToUpperInvariant(waits[0])}{waits[1..]}, although {Counted.Of(decoding.Decoders, "decoder")} would be enough "
                + "on average: "
                + $"some videos take much longer than others. More batches that wait ahead would help ({SettingNames.PrefetchBatches}, "
                + $"{SettingNames.InFlightMemory}).";
        }

        if (needed <= decoding.Processors && decoding.IsChosen)
            return $"The decoders are the bottleneck: {waits}. {Counted.Of(decoding.Decoders, "decoder")} so far; more are added while "
                + "that makes the training faster.";
        if (needed <= decoding.Processors)
            return $"The decoders are the bottleneck: {needed - decoding.Decoders:0} more would help (decoders={needed:0}); {waits}.";
        var possible = decoding.Processors - decoding.Decoders;
        return $"The decoders are the bottleneck: {waits}. Keeping up would take {needed:0} of them, and this machine has "
            + $"{Counted.Of(decoding.Processors, "processor")}: "
            + (possible > 0 ? $"{possible} more would help a little, " : "")
            + "smaller videos with a key frame every few frames would help a lot.";
    }

}
