namespace CACL.Benchmarks.Suite;

/// <summary>The videos of all measurements; what is made, is made once.</summary>
internal sealed class Clips(Workbench bench)
{
    private readonly Lazy<string> _made = new(() =>
    {
        var folder = Path.Combine(bench.Scratch, "made");
        bench.Cacl("videos", "make", folder, "--count", Workbench.Text(bench.Settings.Size(96, 6)), "--seed", "1");
        return folder;
    });

    private readonly Dictionary<string, string> _catalogs = [];
    private string? _prepared;
    private MeasurementException? _noPrepared;

    /// <summary>Says which videos are measured.</summary>
    public string Words => bench.Settings.Videos ?? "clips made by cacl videos make (name your own by --videos)";

    /// <summary>Folder of the videos as they came.</summary>
    public string Raw => bench.Settings.Videos ?? Made;

    /// <summary>Folder of small made videos.</summary>
    public string Made => Path.Combine(_made.Value, "videos");

    /// <summary>Folder of labelled frames of the made videos.</summary>
    public string Labelled => Path.Combine(_made.Value, "dataset");

    /// <summary>Returns the catalogue of a folder of videos, scanned.</summary>
    public string Catalog(string videos)
    {
        if (_catalogs.TryGetValue(videos, out var known)) return known;
        var file = bench.New("catalog");
        bench.Cacl("videos", "scan", videos, "--catalog", file);
        return _catalogs[videos] = file;
    }

    /// <summary>Returns the folder of the videos after <c>cacl videos prepare</c>.</summary>
    /// <exception cref="MeasurementException">They cannot be prepared.</exception>
    public string Prepared()
    {
        if (_noPrepared is not null) throw _noPrepared;
        try
        {
            return _prepared ??= Prepare();
        }
        catch (MeasurementException lack)
        {
            _noPrepared = lack;
            throw;
        }
    }

    private string Prepare()
    {
        var verbs = bench.Cacl("videos", "--help").Output.Split('\n').Select(line => line.TrimStart());
        if (!verbs.Any(verb => verb.StartsWith("prepare ", StringComparison.Ordinal)))
            throw new NotHereException("this version of cacl has no verb videos prepare");
        var folder = bench.New("prepared");
        bench.Cacl("videos", "prepare", Raw, folder, "--catalog", bench.New("prepared-catalog"));
        return folder;
    }
}
