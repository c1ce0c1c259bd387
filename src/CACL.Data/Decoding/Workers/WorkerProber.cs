using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Workers;

/// <summary>
/// Reads records as <see cref="InProcess.InProcessProber"/> does, in a process of its own that lives as long as this prober.
/// </summary>
/// <param name="program">The program that the process runs.</param>
public sealed class WorkerProber(DecodeWorkerProgram program) : IVideoProber
{
    private readonly WorkerConnection _worker = new(program);

    /// <inheritdoc/>
    public VideoRecord Probe(string path, TimeSpan deadline, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var answer = _worker.Ask(
            path, deadline, bytes: 0, WorkerMessageKind.Probe,
            (writer, allowed) =>
            {
                writer.Write(path);
                writer.Write(allowed.Ticks);
            },
            cancel);
        try
        {
            return answer.Parse(WorkerRecords.ReadVideo) with { Path = path };
        }
        catch (InvalidDataException e)
        {
            _worker.Dispose();
            throw DecoderFaultException.Of(path, $"the decode worker sent {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _worker.Dispose();
}
