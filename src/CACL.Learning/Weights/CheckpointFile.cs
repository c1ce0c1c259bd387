using System.Text.Json.Serialization;

namespace CACL.Learning.Weights;

/// <summary>What a file of a checkpoint is to those who want a network and not a run to go on with.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckpointRole>))]
public enum CheckpointRole
{
    /// <summary>The online network under torchvision's names: what is evaluated and exported. Each checkpoint has one.</summary>
    [JsonStringEnumMemberName("online")]
    Online,

    /// <summary>The network that follows it.</summary>
    [JsonStringEnumMemberName("momentum")]
    Momentum,

    /// <summary>What only a run that goes on needs.</summary>
    [JsonStringEnumMemberName("state")]
    State,
}

/// <summary>One file of tensors in a method's checkpoints.</summary>
/// <param name="Name">The file's name, ending with .safetensors.</param>
/// <param name="Prefix">What the names of its tensors begin with in a snapshot; in the file they stand without it.</param>
/// <param name="Role">What the file holds.</param>
public sealed record CheckpointFile(string Name, string Prefix, CheckpointRole Role)
{
    /// <summary>The table of checkpoints that do not hold one: those of before a method could have its own.</summary>
    internal static IReadOnlyList<CheckpointFile> Former { get; } =
    [
        new("query.safetensors", "query.", CheckpointRole.Online),
        new("key.safetensors", "key.", CheckpointRole.Momentum),
        new("optimiser.safetensors", "momentum.", CheckpointRole.State),
        new("queues.safetensors", "queue.", CheckpointRole.State),
    ];

    /// <summary>Whether this can be a file of a checkpoint: a plain name that is none of the checkpoint's own.</summary>
    internal bool IsSound =>
        Name.EndsWith(".safetensors", StringComparison.Ordinal)
            && !Name.StartsWith('.')
            && Name == Path.GetFileName(Name)
            && !Name.Contains('\0', StringComparison.Ordinal);
}
