namespace CACL.Runs.Folder;

/// <summary>One start of a run: by what, and on what, its steps are computed.</summary>
public sealed record StartFacts
{
    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The first step that it computes, counted from 1 as metrics.jsonl does.</summary>
    public required long FirstStep { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>Processor threads that one operation of Torch uses. Numbers are the same to the bit only at the same number.</summary>
    public required int Threads { get; init; }

    /// <summary>Operations that Torch may compute beside each other.</summary>
    public required int InteropThreads { get; init; }

    /// <summary>The device as it is configured: auto, cpu, cuda or cuda:N.</summary>
    public required string DeviceSetting { get; init; }

    /// <summary>The device that this turned out to be: cpu or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>The card's or the processor's own name; null: it does not tell.</summary>
    public string? DeviceName { get; init; }

    /// <summary>The numbers that the networks are computed in: fp32, tf32 or bf16; float32 before there was a choice.</summary>
    public required string Precision { get; init; }

    /// <summary>Decoders at the start; the number may change while the run goes on, and changes nothing that is computed.</summary>
    public required int Decoders { get; init; }

    /// <summary>Whether the program chooses the number of decoders.</summary>
    public bool DecodersChosen { get; init; }

    /// <summary>Which decoder: worker, in-process or isolated.</summary>
    public required string Decoder { get; init; }

    /// <summary>
    /// Number of processes that train together; null: one. With another number, figures are the same but for rounding.
    /// </summary>
    public int? Ranks { get; init; }

    /// <summary>
    /// How many videos are read from prepared files, and the identity of these: with others, the pixels differ slightly. Null: an earlier
    /// version wrote this, which read every video from itself.
    /// </summary>
    public string? Prepared { get; init; }
}
