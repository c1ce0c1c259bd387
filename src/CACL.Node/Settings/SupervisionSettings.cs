using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.supervision</c>; reference.conf says what each means.</summary>
internal sealed record SupervisionSettings
{
    public required int DecoderMaxRestarts { get; init; }

    public required TimeSpan DecoderWindow { get; init; }

    public required TimeSpan DecoderMinBackoff { get; init; }

    public required TimeSpan DecoderMaxBackoff { get; init; }

    public static SupervisionSettings Read(SettingsReader reader) => new()
    {
        DecoderMaxRestarts = reader.Integer("cacl.supervision.decoder.max-restarts", 0, 100_000),
        DecoderWindow = reader.Duration("cacl.supervision.decoder.window", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
        DecoderMinBackoff = reader.Duration("cacl.supervision.decoder.min-backoff", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        DecoderMaxBackoff = reader.Duration("cacl.supervision.decoder.max-backoff", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24)),
    };
}
