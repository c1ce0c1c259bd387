using System.Text.Json.Serialization;

namespace CACL.Learning.Weights;

/// <summary>The role of a checkpoint's file for those who want a network rather than a run to continue.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckpointRole>))]
public enum CheckpointRole
{
    /// <summary>The online network with torchvision's names, which is evaluated and exported. Each checkpoint has one.</summary>
    [JsonStringEnumMemberName("online")]
    Online,

    /// <summary>The momentum network, which follows it.</summary>
    [JsonStringEnumMemberName("momentum")]
    Momentum,

    /// <summary>State that only a resumed run needs.</summary>
    [JsonStringEnumMemberName("state")]
    State,
}

/// <summary>One file of tensors in a method's checkpoints.</summary>
/// <param name="Name">The file's name, ending with .safetensors.</param>
/// <param name="Prefix">The prefix of its tensors' names in a snapshot; the file leaves it out.</param>
/// <param name="Role">The role of what the file contains.</param>
public sealed record CheckpointFile(string Name, string Prefix, CheckpointRole Role)
{
    /// <summary>The table for checkpoints that contain none, written before methods had their own.</summary>
    internal static IReadOnlyList<CheckpointFile> Former { get; } =
    [
        new("query.safetensors", "query.", CheckpointRole.Online),
        new("key.safetensors", "key.", CheckpointRole.Momentum),
        new("optimiser.safetensors", "momentum.", CheckpointRole.State),
        new("queues.safetensors", "queue.", CheckpointRole.State),
    ];

    /// <summary>Whether this can be a file of a checkpoint: a plain name, and none of the checkpoint's own files.</summary>
    internal bool IsSound =>
        Name.EndsWith(".safetensors", StringComparison.Ordinal)
            && !Name.StartsWith('.')
            && Name == Path.GetFileName(Name)
            && !Name.Contains('\0', StringComparison.Ordinal);
}
