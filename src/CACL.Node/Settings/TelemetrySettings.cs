using CACL.Configuration.Reading;
using CACL.Http.Probes;

namespace CACL.Node.Settings;

/// <summary>The transport of OTLP.</summary>
internal enum OtlpWire
{
    /// <summary>gRPC, by convention on port 4317.</summary>
    Grpc,

    /// <summary>Protocol buffers over HTTP, by convention on port 4318.</summary>
    HttpProtobuf,
}

/// <summary>Settings under <c>cacl.telemetry</c>; reference.conf says what each means.</summary>
internal sealed record TelemetrySettings
{
    public required bool TensorBoard { get; init; }

    public required OtlpSettings Otlp { get; init; }

    public required HealthOptions Health { get; init; }

    public static TelemetrySettings Read(SettingsReader reader) => new()
    {
        TensorBoard = reader.Boolean("cacl.telemetry.tensorboard"),
        Otlp = new OtlpSettings
        {
            Endpoint = WebAddress.Read(reader, "cacl.telemetry.otlp.endpoint"),
            Wire = reader.Choice("cacl.telemetry.otlp.protocol", ("grpc", OtlpWire.Grpc), ("http-protobuf", OtlpWire.HttpProtobuf)),
            Headers = reader.Secret("cacl.telemetry.otlp.headers"),
            Every = reader.Duration("cacl.telemetry.otlp.every", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Logs = reader.Boolean("cacl.telemetry.otlp.logs"),
        },
        Health = new HealthOptions
        {
            StepAge = reader.Duration("cacl.telemetry.health.step-age", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            CheckpointAge = reader.Duration("cacl.telemetry.health.checkpoint-age", TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)),
        },
    };
}

/// <summary>Settings under <c>cacl.telemetry.otlp</c>.</summary>
internal sealed record OtlpSettings
{
    /// <summary>Base address of a collector; null: the environment decides.</summary>
    public required Uri? Endpoint { get; init; }

    public required OtlpWire Wire { get; init; }

    /// <summary>Headers, <c>name=value,…</c>, which often contain a key. In no file and no log.</summary>
    public required string Headers { get; init; }

    public required TimeSpan Every { get; init; }

    public required bool Logs { get; init; }
}
