using System.Globalization;
using CACL.Node.Settings;
using CACL.Node.Telemetry;
using Serilog;
using Serilog.Configuration;
using Serilog.Sinks.OpenTelemetry;

namespace CACL.Node.Logging;

/// <summary>
/// Sends the log to Seq and to an OpenTelemetry collector if they are configured. Both send batches from a bounded queue on threads of
/// their own; what a receiver does not accept for minutes is dropped there, and is in train.log all the same.
/// </summary>
internal static class RemoteLogs
{
    /// <summary>Most events that wait for a receiver: minutes of a talkative run, a few megabytes.</summary>
    private const int MostWaiting = 10_000;

    private const int BatchSize = 500;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Adds the configured sinks.</summary>
    /// <param name="sinks">The log's sinks.</param>
    /// <param name="settings">The run's settings.</param>
    /// <param name="run">The run's name, without a path.</param>
    /// <param name="environment">Looks up an environment variable; null: in this process.</param>
    public static void Add(LoggerSinkConfiguration sinks, RunSettings settings, string run, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        if (settings.Logging.SeqUrl is { } seq)
        {
            sinks.Seq(
                seq.ToString(), batchPostingLimit: BatchSize, period: Every,
                apiKey: settings.Logging.SeqApiKey is { Length: > 0 } key ? key : null,
                queueSizeLimit: MostWaiting, formatProvider: CultureInfo.InvariantCulture);
        }

        var otlp = settings.Telemetry.Otlp;
        if (!otlp.Logs || !OtlpEnvironment.Sends(otlp, "LOGS", environment)) return;
        // An address in the settings overrides the environment's, and then its headers do, too.
        sinks.OpenTelemetry(options => Configure(options, otlp, run), ignoreEnvironment: otlp.Endpoint is not null);
    }

    private static void Configure(BatchedOpenTelemetrySinkOptions options, OtlpSettings settings, string run)
    {
        options.TracesEndpoint = null;
        options.ResourceAttributes = new Dictionary<string, object> { ["service.name"] = "cacl", ["cacl.run"] = run };
        options.BatchingOptions.QueueLimit = MostWaiting;
        options.BatchingOptions.BatchSizeLimit = BatchSize;
        options.BatchingOptions.BufferingTimeLimit = Every;
        foreach (var (name, value) in HeadersOf(settings.Headers)) options.Headers[name] = value;
        if (settings.Endpoint is not { } endpoint) return;
        options.Protocol = settings.Wire == OtlpWire.Grpc ? OtlpProtocol.Grpc : OtlpProtocol.HttpProtobuf;
        options.Endpoint = endpoint.ToString().TrimEnd('/');
    }

    private static IEnumerable<(string Name, string Value)> HeadersOf(string text) =>
        from part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let at = part.IndexOf('=', StringComparison.Ordinal)
        where at > 0
        select (part[..at].Trim(), Uri.UnescapeDataString(part[(at + 1)..].Trim()));
}
