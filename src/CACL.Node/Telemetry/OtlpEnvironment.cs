using CACL.Node.Settings;

namespace CACL.Node.Telemetry;

/// <summary>OpenTelemetry's own environment variables, which decide where the settings leave it to them.</summary>
internal static class OtlpEnvironment
{
    /// <summary>Returns whether a kind of signal is to be sent.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="signal">METRICS or LOGS.</param>
    /// <param name="environment">Looks up a variable.</param>
    public static bool Sends(OtlpSettings settings, string signal, Func<string, string?> environment)
    {
        if (settings.Endpoint is not null) return true;
        if (string.Equals(environment("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return false;
        if (environment($"OTEL_{signal}_EXPORTER") is { Length: > 0 } exporter && !exporter.Contains(
            "otlp", StringComparison.OrdinalIgnoreCase))
            return false;
        return environment("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
            || environment($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") is { Length: > 0 };
    }
}
