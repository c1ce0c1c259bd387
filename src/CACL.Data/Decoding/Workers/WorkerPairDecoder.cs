using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.Workers;

/// <summary>
/// Decodes pairs as <see cref="InProcess.InProcessPairDecoder"/> does, in a process of its own that lives as long as this decoder: nearly
/// as fast, and whatever a video does to ffmpeg's libraries ends at most that process, which is then replaced.
/// </summary>
/// <param name="program">The program that the process runs.</param>
public sealed class WorkerPairDecoder(DecodeWorkerProgram program) : IPairDecoder
{
    private readonly WorkerConnection _worker = new(program);

    /// <summary>The worker's process, or null where there is none at present.</summary>
    public int? ProcessId => _worker.ProcessId;

    /// <inheritdoc/>
    public void Decode(
        VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
    {
        PairCheck.Require(video, plan, size, first, second);
        Ask(video, [plan], size, deadline, first.Length + second.Length, cancel);
        _worker.CopyTo(first);
        _worker.CopyTo(second, from: first.Length);
    }

    /// <inheritdoc/>
    public void DecodeTogether(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, int size, TimeSpan deadline, Span<byte> pairs, CancellationToken cancel)
    {
        PairCheck.Require(video, plans, size, pairs);
        Ask(video, plans, size, deadline, pairs.Length, cancel);
        _worker.CopyTo(pairs);
    }

    /// <inheritdoc/>
    public void Dispose() => _worker.Dispose();

    private void Ask(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, int size, TimeSpan deadline, int bytes, CancellationToken cancel) =>
        _worker.Ask(
            video.Path, deadline, bytes, WorkerMessageKind.Decode,
            (writer, allowed) =>
            {
                writer.Write(allowed.Ticks);
                writer.Write(size);
                writer.Write(plans.Count);
                foreach (var plan in plans) WorkerRecords.Write(writer, plan);
                WorkerRecords.Write(writer, video);
            },
            cancel);
}
