using System.Diagnostics.Tracing;
using Serilog;

namespace CACL.Node.Telemetry;

/// <summary>Logs once that metrics do not reach their collector: the SDK reports such faults only to the runtime's event sources.</summary>
internal sealed class ExportFaults(string collector) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private int _told;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source) EnableEvents(eventSource, EventLevel.Warning);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // This is called for sources that existed before this object, too, from the base constructor.
        if (eventData.EventSource.Name != Source || Interlocked.Exchange(ref _told, 1) != 0) return;
        var cause = string.Join(" ", (eventData.Payload ?? []).OfType<string>().Select(p => p.Split('\n')[0].Trim()));
        Log.Warning(
            "Metrics do not reach {Collector}: {Cause} They are tried again each time; training goes on, and nothing more is said of it",
            collector, cause);
    }
}
