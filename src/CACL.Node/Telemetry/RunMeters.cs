using CACL.Actors.Telemetry;
using CACL.Node.Settings;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Serilog;

namespace CACL.Node.Telemetry;

/// <summary>
/// The listeners of the instruments: a scrape of /metrics, and a collector if one is configured. Sending has a thread of its own and keeps
/// only sums, so a collector that does not answer costs nothing but its figures.
/// </summary>
internal sealed class RunMeters : IDisposable
{
    private const int ExportTime = 10_000;
    private const int StopTime = 3_000;

    private readonly MeterProvider _provider;
    private readonly ExportFaults? _faults;

    private RunMeters(MeterProvider provider, ExportFaults? faults)
    {
        _provider = provider;
        _faults = faults;
    }

    /// <summary>The provider that a scrape reads.</summary>
    public MeterProvider Provider => _provider;

    /// <summary>Starts listening; returns null, with a line in the log, if the exporters cannot be created.</summary>
    /// <param name="settings">The collector's settings.</param>
    /// <param name="run">The run's name, without a path.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    public static RunMeters? Start(OtlpSettings settings, string run, Func<string, string?> environment)
    {
        try
        {
            var builder = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                    .AddService("cacl")
                    .AddTelemetrySdk()
                    .AddAttributes([new("cacl.run", run)])
                    .AddEnvironmentVariableDetector())
                .AddMeter(RunInstruments.MeterName)
                // There is one meter, so its name as a label of every series would say nothing.
                .AddPrometheusExporter(o => o.ScopeInfoEnabled = false);
            if (!OtlpEnvironment.Sends(settings, "METRICS", environment)) return new RunMeters(builder.Build(), null);
            builder.AddOtlpExporter((exporter, reader) => Configure(exporter, reader, settings));
            var target = settings.Endpoint?.ToString() ?? "the collector of OTEL_EXPORTER_OTLP_ENDPOINT";
            Log.Information("Metrics are sent to {Collector} every {Seconds} s", target, settings.Every.TotalSeconds);
            return new RunMeters(builder.Build(), new ExportFaults(target));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or UriFormatException)
        {
            Log.Warning("Metrics are neither sent nor served at /metrics: {Cause} Training goes on", e.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The last figures get a moment to be sent; disposing alone would wait for as long as the collector takes.
        _provider.Shutdown(StopTime);
        _provider.Dispose();
        _faults?.Dispose();
    }

    private static void Configure(OtlpExporterOptions exporter, MetricReaderOptions reader, OtlpSettings settings)
    {
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.Every.TotalMilliseconds;
        reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = ExportTime;
        if (settings.Headers.Length > 0) exporter.Headers = settings.Headers;
        if (settings.Endpoint is not { } endpoint) return;
        exporter.TimeoutMilliseconds = ExportTime;
        exporter.Protocol = settings.Wire == OtlpWire.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        // An address that is set in code is used as it is; over HTTP it must include the path of the signal.
        exporter.Endpoint = settings.Wire == OtlpWire.Grpc ? endpoint : new Uri(endpoint.ToString().TrimEnd('/') + "/v1/metrics");
    }
}
