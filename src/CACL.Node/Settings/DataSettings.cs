using CACL.Configuration.Reading;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Sampling;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.data</c>; reference.conf says what each means.</summary>
internal sealed record DataSettings
{
    private static readonly (string Word, DecoderKind Value)[] DecoderWords =
    [
        ("auto", DecoderKind.Auto), ("worker", DecoderKind.Worker), ("in-process", DecoderKind.InProcess),
        ("isolated", DecoderKind.Isolated),
    ];

    public required IReadOnlyList<string> Videos { get; init; }

    public required string Catalog { get; init; }

    /// <summary>Whether videos are read from their prepared files where the catalogue knows them.</summary>
    public required bool UsePrepared { get; init; }

    public required int Stride { get; init; }

    public required int CropSize { get; init; }

    public required double CropAreaMin { get; init; }

    public required double CropAreaMax { get; init; }

    public required double FlipProbability { get; init; }

    public required bool SharedColourAugmentation { get; init; }

    /// <summary>Whether each view has a box and a flip of its own.</summary>
    public required bool SeparateViews { get; init; }

    public required ColourRanges Colours { get; init; }

    public required ColourRanges ColoursPlus { get; init; }

    public required DecoderKind Decoder { get; init; }

    /// <summary>Number of decoders; 0: chosen by the program.</summary>
    public required int Decoders { get; init; }

    public required TimeSpan DecodeTimeout { get; init; }

    public required double MaxBadShare { get; init; }

    /// <summary>Bytes.</summary>
    public required long InFlightMemory { get; init; }

    public required int PrefetchBatches { get; init; }

    /// <summary>Epochs whose pairs one pass through a video decodes, at most.</summary>
    public required int AheadEpochs { get; init; }

    /// <summary>Bytes.</summary>
    public required long AheadSpace { get; init; }

    /// <summary>Returns how videos are scanned.</summary>
    public ScanOptions ToScanOptions() => new() { FileDeadline = DecodeTimeout };

    /// <summary>A decoder as <c>cacl.data.decoder</c> calls it.</summary>
    public static string Word(DecoderKind decoder) => DecoderWords.First(word => word.Value == decoder).Word;

    public static DataSettings Read(SettingsReader reader)
    {
        var area = reader.Numbers("cacl.data.crop-area", 2);
        var (colours, coloursPlus) = ColourSettings.Read(reader);
        return new DataSettings
        {
            Videos = reader.Texts("cacl.data.videos", FilePaths.Absolute),
            Catalog = FilePaths.Absolute(reader.Text("cacl.data.catalog", t => t.Length > 0, "the path of a file")),
            UsePrepared = reader.Choice("cacl.data.prepared", ("use", true), ("ignore", false)),
            Stride = reader.Integer("cacl.data.stride", 0, 10_000),
            CropSize = reader.Integer("cacl.data.crop-size", 32, 1024),
            CropAreaMin = area[0],
            CropAreaMax = area[1],
            FlipProbability = reader.Number("cacl.data.flip-probability", v => v is >= 0 and <= 1, "from 0 to 1"),
            SharedColourAugmentation = reader.Choice("cacl.data.photometry", ("independent", false), ("shared", true)),
            SeparateViews = reader.Choice("cacl.data.views", ("matched", false), ("separate", true)),
            Colours = colours,
            ColoursPlus = coloursPlus,
            Decoder = reader.Choice("cacl.data.decoder", DecoderWords),
            Decoders = reader.Integer("cacl.data.decoders", 0, 1024),
            DecodeTimeout = reader.Duration("cacl.data.decode-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            MaxBadShare = reader.Number("cacl.data.max-bad-share", v => v is >= 0 and <= 1, "from 0 to 1"),
            InFlightMemory = reader.Size("cacl.data.in-flight-memory", 1L << 20, 1L << 40),
            PrefetchBatches = reader.Integer("cacl.data.prefetch-batches", 1, 64),
            AheadEpochs = reader.Integer("cacl.data.ahead.epochs", 1, 16),
            AheadSpace = reader.Size("cacl.data.ahead.space", 0, 1L << 50),
        };
    }
}
