using CACL.Actors.Contracts;
using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.supervision</c>; reference.conf says what each means.</summary>
internal sealed record SupervisionSettings
{
    public required int DecoderMaxRestarts { get; init; }

    public required TimeSpan DecoderWindow { get; init; }

    public required BackOff DecoderBackOff { get; init; }

    public static SupervisionSettings Read(SettingsReader reader) => new()
    {
        DecoderMaxRestarts = reader.Integer("cacl.supervision.decoder.max-restarts", 0, 100_000),
        DecoderWindow = reader.Duration("cacl.supervision.decoder.window", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
        DecoderBackOff = BackOffSettings.Read(reader, "cacl.supervision.decoder"),
    };
}
