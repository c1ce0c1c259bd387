using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using CACL.Node.Settings;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Runs.Videos;

namespace CACL.Node.Explain;

/// <summary>
/// A run as described by its folder and its catalogue, whether it is running, has ended or was killed. Only reads: it neither locks the
/// folder nor writes into it.
/// </summary>
internal sealed class PastRun : IDisposable
{
    private PastRun(
        string folder, Configurations configurations, RunFacts? facts, CheckpointStore checkpoints, VideoCatalog catalog,
        VideoShape[] videos)
    {
        Folder = folder;
        Configuration = configurations.Here;
        Facts = facts;
        Threads = new RunThreads(folder, facts, configurations.Written.Settings.Training.Threads, Settings.Training.Threads);
        Checkpoints = checkpoints;
        Catalog = catalog;
        Videos = videos;
        var training = Settings.Training;
        Length = RunLength.Of(videos.Length, training.BatchSize, training.Epochs, training.MaxSteps);
        Planner = new SamplePlanner(Settings.ToSamplingOptions(), videos);
        Method = Settings.ToMethod().Describe();
        Quarantined = ReadQuarantine(Path.Combine(folder, RunFiles.Quarantine));
    }

    /// <summary>The run folder, absolute.</summary>
    public string Folder { get; }

    /// <summary>The run's settings, with the overrides that are allowed.</summary>
    public ResolvedConfiguration Configuration { get; }

    /// <summary>On what it was computed; null: a run of an earlier version, which did not write it down.</summary>
    public RunFacts? Facts { get; }

    /// <summary>With how many threads each of its steps is computed anew.</summary>
    public RunThreads Threads { get; }

    /// <summary>Its checkpoints.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>Its catalogue.</summary>
    public VideoCatalog Catalog { get; }

    /// <summary>The videos on which it was trained, in sampling order.</summary>
    public VideoShape[] Videos { get; }

    /// <summary>Its length.</summary>
    public RunLength Length { get; }

    /// <summary>The method by which it was trained.</summary>
    public MethodDescription Method { get; }

    /// <summary>The planner of its samples.</summary>
    public SamplePlanner Planner { get; }

    /// <summary>The videos that could not be decoded while it ran, by path.</summary>
    public IReadOnlyDictionary<string, QuarantinedVideo> Quarantined { get; }

    /// <summary>The settings.</summary>
    public RunSettings Settings => Configuration.Settings;

    /// <summary>Opens a run.</summary>
    /// <param name="folder">The run folder, absolute.</param>
    /// <param name="overrides">Settings that differ here, such as the current folder of the videos: <c>key=value</c>.</param>
    /// <param name="environment">Environment variables.</param>
    /// <exception cref="UserException">The folder is no run's, or its videos are no longer known.</exception>
    public static PastRun Open(string folder, IReadOnlyList<string> overrides, IReadOnlyDictionary<string, string> environment)
    {
        var configurations = Load(folder, overrides, environment);
        var (data, training) = (configurations.Here.Settings.Data, configurations.Here.Settings.Training);
        var facts = RunFacts.Read(folder);
        var checkpoints = new CheckpointStore(Path.Combine(folder, "checkpoints"), keep: 1);
        var catalog = VideoCatalog.OpenExisting(data.Catalog);
        try
        {
            var roots = new VideoRoots(data.Videos);
            var known = new KnownVideos(folder, facts, checkpoints, training.BatchSize);
            var videos = TrainingVideos.Find(folder, catalog, roots, data.Stride, known.Are)
                ?? throw known.Differ(catalog, catalog.LoadUsable(data.Stride + 1, roots));
            return new PastRun(folder, configurations, facts, checkpoints, catalog, videos);
        }
        catch
        {
            catalog.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Catalog.Dispose();

    private static Configurations Load(
        string folder, IReadOnlyList<string> overrides, IReadOnlyDictionary<string, string> environment)
    {
        RunFolder.RequireRun(folder);
        var file = Path.Combine(folder, RunFolder.ConfigurationName);
        var written = ConfigurationFiles.Load([file], [ConfigurationFiles.NoPort], new Dictionary<string, string>());
        var here = ConfigurationFiles.Load([file], [.. overrides, ConfigurationFiles.NoPort], environment);
        var differences = ResolvedConfiguration.Difference(written.Fingerprint, here.Fingerprint);
        if (differences.Count == 0) return new Configurations(written, here);
        throw new UserException(
            $"With other settings the run in {folder} would have been a different one ({string.Join("; ", differences)}). "
            + "Leave these out of --set and of the environment; only the places of videos and catalogue, the decoder, the "
            + "device and the threads may differ.");
    }

    private static Dictionary<string, QuarantinedVideo> ReadQuarantine(string path)
    {
        var videos = new Dictionary<string, QuarantinedVideo>(StringComparer.Ordinal);
        if (!File.Exists(path)) return videos;
        try
        {
            foreach (var video in JsonLinesFile.Read(path).Select(QuarantineLine.Read).OfType<QuarantinedVideo>())
            {
                if (video is { FoundBy: "decode", Epoch: not null, Position: not null }) videos[video.Path] = video;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {e.Message.TrimEnd('.')}. Change its permissions.", e);
        }

        return videos;
    }

    /// <summary>The run's settings as they were written down, and with what is overridden here.</summary>
    private sealed record Configurations(ResolvedConfiguration Written, ResolvedConfiguration Here);
}
