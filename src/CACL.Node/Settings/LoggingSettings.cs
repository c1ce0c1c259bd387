using CACL.Configuration.Reading;
using Serilog.Events;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.logging</c>; reference.conf says what each means.</summary>
internal sealed record LoggingSettings
{
    public required LogEventLevel Level { get; init; }

    public required TimeSpan ProgressEvery { get; init; }

    /// <summary>Whether progress is live; null: on a terminal.</summary>
    public required bool? Live { get; init; }

    /// <summary>Address of Seq; null: none.</summary>
    public required Uri? SeqUrl { get; init; }

    /// <summary>Seq's API key, which is in no file and no log.</summary>
    public required string SeqApiKey { get; init; }

    public static LoggingSettings Read(SettingsReader reader) => new()
    {
        Level = reader.Choice(
            "cacl.logging.level",
            ("information", LogEventLevel.Information),
            ("verbose", LogEventLevel.Verbose),
            ("debug", LogEventLevel.Debug),
            ("warning", LogEventLevel.Warning),
            ("error", LogEventLevel.Error)),
        ProgressEvery = reader.Duration("cacl.logging.progress-every", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)),
        Live = reader.BooleanOrAuto("cacl.logging.live"),
        SeqUrl = WebAddress.Read(reader, "cacl.logging.seq.url"),
        SeqApiKey = reader.Secret("cacl.logging.seq.api-key"),
    };
}
