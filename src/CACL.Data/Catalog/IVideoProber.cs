namespace CACL.Data.Catalog;

/// <summary>Reads what the catalogue keeps about a file. Not thread-safe: each worker has its own prober.</summary>
public interface IVideoProber : IDisposable
{
    /// <summary>Reads the record of one file from its packets, or by decoding it once where the packets do not suffice.</summary>
    /// <param name="path">Absolute path of a video or a still.</param>
    /// <param name="deadline">How long reading may take altogether.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="VideoUnusableException">The file cannot be used; the reason says why.</exception>
    VideoRecord Probe(string path, TimeSpan deadline, CancellationToken cancel);
}
