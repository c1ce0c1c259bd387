using System.Diagnostics;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Workers;
using CACL.Data.Sampling;
using CACL.Data.Wording;
using CACL.Node.Ending;
using CACL.Node.Programs;

namespace CACL.Node.Planning;

/// <summary>Pairs that were decoded one after another, as a training's first ones are, and what that took.</summary>
internal sealed class DecodedPairs : IDisposable
{
    private const int WarmUp = 4;
    private const int Fewest = 32;

    private readonly List<FramePair> _pairs = [];
    private readonly Stopwatch _clock = new();
    private double _seconds;
    private long _bytes;
    private int _measured;

    /// <summary>As many as a card takes.</summary>
    public IReadOnlyList<FramePair> Pairs => _pairs;

    /// <summary>Seconds of one processor core to decode a pair.</summary>
    public KnownFigure Seconds { get; private set; } = null!;

    /// <summary>Mean size of the files that were read.</summary>
    public KnownFigure VideoBytes => new((double)_bytes / _measured, $"measured here on {Counted.Of(_measured, "pair")}");

    /// <summary>Decodes pairs of the catalogue's videos.</summary>
    /// <param name="plan">What is planned.</param>
    /// <param name="memory">Where the pairs' memory comes from.</param>
    /// <exception cref="UserException">No video can be decoded.</exception>
    public static DecodedPairs Decode(PlanRequest plan, FramePairPool memory)
    {
        var decoded = new DecodedPairs();
        try
        {
            decoded.Fill(plan, memory);
            return decoded;
        }
        catch
        {
            decoded.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pair in _pairs) pair.Dispose();
        _pairs.Clear();
    }

    private void Fill(PlanRequest plan, FramePairPool memory)
    {
        var data = plan.Settings.Data;
        using var catalog = VideoCatalog.OpenExisting(data.Catalog);
        var videos = catalog.LoadUsable(data.Stride + 1, data.Videos.Count > 0 ? new VideoRoots(data.Videos) : null);
        if (videos.Length == 0)
        {
            throw new UserException(
                $"{catalog.Path} knows no usable video to measure with. Scan some: {CommandLines.ScanVideos} DIR --catalog {catalog.Path}");
        }

        var planner = new SamplePlanner(plan.Settings.ToSamplingOptions(), videos);
        var prepared = data.UsePrepared ? PreparedFiles.Of(catalog, videos, _ => { }) : PreparedFiles.None(videos.Length);
        var library = new PreparedLibrary(catalog, prepared);
        var kind = ProgramDecoders.Create(data.Decoder).CreateDecoder();
        using var decoder = new PreparedPairDecoder(kind, prepared);
        for (var sample = 0; _pairs.Count < plan.BatchPerCard || _measured < Fewest || _clock.Elapsed < PlanMeasurement.Enough; sample++)
        {
            if (sample == WarmUp) _clock.Start();
            var pair = memory.Rent();
            try
            {
                pair.Plan = planner.Plan(sample / videos.Length, sample % videos.Length, attempt: 0);
                var video = library.Load(pair.Plan.VideoId);
                pair.Path = video.Path;
                var began = Spent(kind);
                decoder.Decode(video, pair.Plan, data.CropSize, data.DecodeTimeout, pair.First, pair.Second, CancellationToken.None);
                if (sample >= WarmUp) Measured((Spent(kind) - began).TotalSeconds, (video.Prepared ?? video).Path);
            }
            catch (VideoUnusableException unusable)
            {
                pair.Dispose();
                // When each was tried once and failed, none will do.
                if (sample + 1 < videos.Length || _pairs.Count > 0) continue;
                throw new UserException($"No video of {catalog.Path} can be decoded. The last: {unusable.Message}", unusable);
            }

            if (_pairs.Count < plan.BatchPerCard) _pairs.Add(pair);
            else pair.Dispose();
        }

        var what = IsSeen(kind) ? "processor time" : "by the clock";
        Seconds = new KnownFigure(_seconds / _measured, $"measured here on {Counted.Of(_measured, "pair")}, {what}");
    }

    private void Measured(double seconds, string file)
    {
        _seconds += seconds;
        _bytes += new FileInfo(file).Length;
        _measured++;
    }

    // The time of ffmpeg's program, which lives for a pair, is not seen.
    private static bool IsSeen(IPairDecoder decoder) => decoder is WorkerPairDecoder or InProcessPairDecoder;

    private static TimeSpan Spent(IPairDecoder decoder)
    {
        if (!IsSeen(decoder)) return Stopwatch.GetElapsedTime(0);
        using var own = Process.GetCurrentProcess();
        var time = own.TotalProcessorTime;
        if (decoder is not WorkerPairDecoder { ProcessId: { } id }) return time;
        try
        {
            using var worker = Process.GetProcessById(id);
            return time + worker.TotalProcessorTime;
        }
        catch (ArgumentException)
        {
            return time; // it was lost just now, and is replaced
        }
    }
}
