using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Decoding.Workers;
using CACL.Data.Preparation;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

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

    /// <summary>
    /// Reads the record of every file of a folder and decodes a pair of each, whatever its record says, by one kind of decoder, and prints
    /// how many were usable and how many were not.
    /// </summary>
    public static int ReadAll(string kind, string folder, string clip)
    {
        var decoders = PairDecoders.Create(Enum.Parse<DecoderKind>(kind), Program);
        using var prober = decoders.CreateProber();
        using var decoder = decoders.CreateDecoder();
        var record = prober.Probe(clip, ExactnessCheck.Patience, CancellationToken.None);
        var (first, second) = (new byte[48 * 48 * 3], new byte[48 * 48 * 3]);
        var (usable, unusable) = (0, 0);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(path).StartsWith(HostileVideos.Neighbour, StringComparison.Ordinal)) continue;
            Count(() => prober.Probe(path, ExactnessCheck.Patience, CancellationToken.None));
            var forged = record with { Path = path };
            var plan = CropPlan.Whole(forged, 30, 8);
            Count(() => decoder.Decode(forged, plan, 48, ExactnessCheck.Patience, first, second, CancellationToken.None));
        }

        Console.WriteLine($"{usable} {unusable}");
        return 0;

        void Count(Action read)
        {
            try
            {
                read();
                usable++;
            }
            catch (VideoUnusableException)
            {
                unusable++;
            }
        }
    }

    /// <summary>The argument for <see cref="ReadAll"/>.</summary>
    public const string Reader = "read-all";

    /// <summary>
    /// Makes a prepared file of every file of a folder, whatever its record says, and prints how many could be made and how many not.
    /// </summary>
    public static int PrepareAll(string folder, string clip, string target)
    {
        using var prober = PairDecoders.Create(DecoderKind.Isolated).CreateProber();
        var record = prober.Probe(clip, ExactnessCheck.Patience, CancellationToken.None);
        var encoder = new VideoEncoder(InstalledProgram.Ffmpeg, new PreparationFormat());
        var (made, not) = (0, 0);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(path).StartsWith(HostileVideos.Neighbour, StringComparison.Ordinal)) continue;
            try
            {
                encoder.Encode(record with { Path = path }, target, most: null, CancellationToken.None);
                made++;
            }
            catch (VideoUnusableException)
            {
                not++;
            }
        }

        Console.WriteLine($"{made} {not}");
        return 0;
    }

    /// <summary>The argument for <see cref="PrepareAll"/>.</summary>
    public const string Preparer = "prepare-all";

    private static DecodeWorkerProgram Of()
    {
        var (executable, library) = (Environment.ProcessPath!, typeof(TestWorker).Assembly.Location);
        return Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? new DecodeWorkerProgram(executable, [library, DecodeWorkerProgram.Verb])
            : new DecodeWorkerProgram(executable, [DecodeWorkerProgram.Verb]);
    }
}
