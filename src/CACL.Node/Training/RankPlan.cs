using System.Text.Json;
using CACL.Learning.Runtime;
using CACL.Node.RunInputs;
using CACL.Node.Settings;

namespace CACL.Node.Training;

/// <summary>What rank 0 tells the others of the training that they take part in; all else they read from the same settings.</summary>
/// <param name="Folder">The run folder, which names the videos.</param>
/// <param name="Videos">The identity of the videos.</param>
/// <param name="Precision">The precision's word.</param>
/// <param name="Way">How the ranks exchange: see <see cref="RankExchange.Words"/>.</param>
/// <param name="Settings">The settings that change the numbers.</param>
internal sealed record RankPlan(string Folder, string Videos, string Precision, string Way, Dictionary<string, string> Settings)
{
    /// <summary>Returns the plan of a run.</summary>
    public static RankPlan Of(
        ResolvedConfiguration configuration, string folder, TrainingVideos videos, Precision precision, RankExchange way) =>
        new(folder, videos.Identity, precision.Word(), way.Words, new(configuration.Fingerprint));

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static RankPlan Read(string json) => JsonSerializer.Deserialize<RankPlan>(json)!;

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);
}
