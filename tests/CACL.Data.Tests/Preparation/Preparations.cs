using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Preparation;
using CACL.Testing;

namespace CACL.Data.Tests.Preparation;

/// <summary>A folder of sources, its catalogue and the folder of prepared files, as a user has them.</summary>
internal sealed class Preparations : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Preparations()
    {
        FfmpegCommand.Require("libx264", "mjpeg");
        Directory.CreateDirectory(Sources);
        Catalog = VideoCatalog.Open(_folder.File("catalog.sqlite"));
    }

    public static PairDecoders Decoders { get; } = PairDecoders.Create(DecoderKind.Auto);

    public string Sources => _folder.File("sources");

    public string Prepared => _folder.File("prepared");

    public VideoCatalog Catalog { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string File(params string[] parts) => _folder.File(parts);

    /// <summary>Copies a made video below the sources.</summary>
    public string Add(string made, params string[] place)
    {
        var path = Path.Combine([Sources, .. place]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.Copy(MadeVideos.Path(made), path);
        return path;
    }

    public void Scan(params string[] roots) => new VideoScanner(Catalog, Decoders.CreateProber)
        .Scan(roots.Length > 0 ? roots : [Sources], new ScanOptions { Parallelism = 2 }, cancel: Cancel);

    public PreparationSession Open(PreparationOptions? options = null, params string[] roots) => PreparationSession.Open(
        Catalog, new VideoRoots(roots.Length > 0 ? roots : [Sources]), Prepared, Decoders.CreateProber,
        options ?? new PreparationOptions { Parallelism = 2 });

    /// <summary>Scans and prepares.</summary>
    public PreparationReport Prepare(PreparationOptions? options = null, params string[] roots)
    {
        Scan(roots);
        using var session = Open(options, roots);
        return session.Run(null, Cancel);
    }

    /// <summary>The library that a training uses, and the warnings that it gave.</summary>
    public (PreparedLibrary Library, PreparedFiles Files, List<string> Warnings) Library()
    {
        var warnings = new List<string>();
        var files = PreparedFiles.Of(Catalog, Catalog.LoadUsable(1), warnings.Add);
        return (new PreparedLibrary(Catalog, files), files, warnings);
    }

    /// <summary>Everything in the folder of prepared files that is not its own book-keeping, relative.</summary>
    public string[] Files() => !Directory.Exists(Prepared) ? [] :
    [
        .. Directory.EnumerateFiles(Prepared, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Prepared, path))
            .Where(path => path is not ("prepared.jsonl" or ".lock")).Order(StringComparer.Ordinal),
    ];

    public void Dispose()
    {
        Catalog.Dispose();
        _folder.Dispose();
    }
}
