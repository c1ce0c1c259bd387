namespace CACL.Data.Catalog;

/// <summary>Reads what the catalogue keeps of a file. Not thread-safe: one prober a worker.</summary>
public interface IVideoProber : IDisposable
{
    /// <summary>Reads the record of one file, from its packets; by decoding it once where the packets do not tell.</summary>
    /// <param name="path">Absolute path of a video or a still.</param>
    /// <param name="deadline">How long it may take altogether.</param>
    /// <param name="cancel">Gives up early.</param>
    /// <exception cref="VideoUnusableException">The file cannot be used, and why.</exception>
    VideoRecord Probe(string path, TimeSpan deadline, CancellationToken cancel);
}
