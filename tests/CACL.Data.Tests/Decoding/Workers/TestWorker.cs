using CACL.Data.Decoding.Workers;

namespace CACL.Data.Tests.Decoding.Workers;

/// <summary>These tests, started once more as a worker, or as the parent of one.</summary>
internal static class TestWorker
{
    /// <summary>The argument by which this program decodes one video over and over, by a worker whose process id it prints.</summary>
    public const string Parent = "decode-by-worker";

    /// <summary>The program that is a worker.</summary>
    public static DecodeWorkerProgram Program { get; } = Of();

    /// <summary>Is the parent of a worker until it is killed.</summary>
    public static int BeParent(string clip)
    {
        using var prober = new WorkerProber(Program);
        var record = prober.Probe(clip, ExactnessCheck.Patience, CancellationToken.None);
        using var decoder = new WorkerPairDecoder(Program);
        var (first, second) = (new byte[48 * 48 * 3], new byte[48 * 48 * 3]);
        for (var count = 0; ; count++)
        {
            decoder.Decode(record, CropPlan.Whole(record, 3, 8), 48, ExactnessCheck.Patience, first, second, CancellationToken.None);
            if (count == 0) Console.WriteLine(decoder.ProcessId);
        }
    }

    private static DecodeWorkerProgram Of()
    {
        var (executable, library) = (Environment.ProcessPath!, typeof(TestWorker).Assembly.Location);
        return Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? new DecodeWorkerProgram(executable, [library, DecodeWorkerProgram.Verb])
            : new DecodeWorkerProgram(executable, [DecodeWorkerProgram.Verb]);
    }
}
