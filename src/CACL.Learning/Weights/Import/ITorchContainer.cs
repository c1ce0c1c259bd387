namespace CACL.Learning.Weights.Import;

/// <summary>What torch.save makes, open: one pickle, and the storages that it names.</summary>
internal interface ITorchContainer : IDisposable
{
    /// <summary>What the format is called, for reports.</summary>
    string Format { get; }

    /// <summary>Whether the numbers' bytes run from the highest to the lowest.</summary>
    bool IsBigEndian { get; }

    /// <summary>What was saved.</summary>
    object? Root { get; }

    /// <summary>Bytes of some of a storage's elements, from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    /// <exception cref="TorchFileException">The storage is missing, of another size, or damaged.</exception>
    byte[] Read(TorchStorage storage, long first, long end);
}
