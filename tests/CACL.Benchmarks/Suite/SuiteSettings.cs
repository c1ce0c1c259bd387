namespace CACL.Benchmarks.Suite;

/// <summary>What is to be measured, and how often.</summary>
internal sealed record SuiteSettings
{
    /// <summary>Devices for steps, augmentation, snapshots and runs: cpu, cuda.</summary>
    public IReadOnlyList<string> Devices { get; init; } = ["cpu"];

    /// <summary>Names of the measurements to take; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Precisions of steps and runs; empty: all that the device is measured in.</summary>
    public IReadOnlyList<string> Precisions { get; init; } = [];

    /// <summary>Repetitions, each of ours and then the peer's or the other way round.</summary>
    public int Pairs { get; init; } = 5;

    /// <summary>Whether everything is so small that the figures mean nothing, to see that it works.</summary>
    public bool Quick { get; init; }

    /// <summary>CPU threads of the tensor libraries.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Cores: no more decoders than these are measured.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Folder of videos; null: clips are made.</summary>
    public string? Videos { get; init; }

    /// <summary>Folder with peer.py and peer_gpu.py; null: nobody is compared with.</summary>
    public string? Peer { get; init; }

    /// <summary>A Python that has PyTorch; null: the first that has it, of those on the PATH and in /usr/bin.</summary>
    public string? Python { get; init; }

    /// <summary>A command that runs the command after it and ends its output with "N calls in all"; null: calls are not counted.</summary>
    public string? CallCounter { get; init; }

    /// <summary>Where the JSON goes; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Returns the precisions to try on a device; what it cannot compute in is left out later, with the reason.</summary>
    public IEnumerable<string> PrecisionsOn(string device) =>
        (device == "cpu" ? ["fp32", "bf16"] : new[] { "fp32", "tf32", "bf16" }).Where(p => Precisions.Count == 0 || Precisions.Contains(p));

    /// <summary>Returns the second number where everything is to be small.</summary>
    public int Size(int usually, int quick) => Quick ? quick : usually;
}
