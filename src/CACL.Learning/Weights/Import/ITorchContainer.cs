namespace CACL.Learning.Weights.Import;

/// <summary>An open file that torch.save wrote: a pickle, and the storages to which it refers.</summary>
internal interface ITorchContainer : IDisposable
{
    /// <summary>Name of the format, for reports.</summary>
    string Format { get; }

    /// <summary>Whether numbers are big-endian.</summary>
    bool IsBigEndian { get; }

    /// <summary>The object that was saved.</summary>
    object? Root { get; }

    /// <summary>Returns the bytes of a storage's elements from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    /// <exception cref="TorchFileException">The storage is missing, has another size, or is damaged.</exception>
    byte[] Read(TorchStorage storage, long first, long end);
}
