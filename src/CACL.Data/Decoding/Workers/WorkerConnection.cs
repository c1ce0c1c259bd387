using System.Globalization;
using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Workers;

/// <summary>
/// A worker of one decoder or prober: started with the first request, and again whenever it is lost. A request over which a worker was lost
/// is tried once more by the next one; if that is lost as well, the video is at fault where the worker crashed, and otherwise the machine.
/// </summary>
internal sealed class WorkerConnection(DecodeWorkerProgram program) : IDisposable
{
    private const int MostTries = 2;

    /// <summary>What the worker gets less than this process waits, so that it is the worker that says that time is over.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    private WorkerProcess? _worker;

    /// <summary>The process that works at present, or null.</summary>
    public int? ProcessId => _worker?.Id;

    /// <summary>Has a request done.</summary>
    /// <param name="path">The file that it is about.</param>
    /// <param name="deadline">How long it may take altogether.</param>
    /// <param name="bytes">Bytes of all frames that it returns; 0: none.</param>
    /// <param name="kind">The request.</param>
    /// <param name="body">Writes it; gets the time that the worker may take.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="VideoUnusableException">The video is at fault.</exception>
    /// <exception cref="DecoderFaultException">The worker or the machine is at fault.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public WorkerMessage Ask(
        string path, TimeSpan deadline, int bytes, WorkerMessageKind kind, Action<BinaryWriter, TimeSpan> body,
        CancellationToken cancel)
    {
        var left = deadline;
        for (var tries = 1; ; tries++)
        {
            cancel.ThrowIfCancellationRequested();
            if (left <= TimeSpan.Zero) throw TooLong(path, deadline);
            try
            {
                return Judged(path, AskOnce(), deadline);
            }
            catch (TimeoutException)
            {
                Dispose();
                throw TooLong(path, deadline);
            }
            catch (OperationCanceledException)
            {
                if (_worker is { IsIdle: false }) Dispose(); // it is gone, or will not do any more
                throw;
            }
            catch (IOException e)
            {
                Dispose();
                throw DecoderFaultException.Of(path, e.Message, e); // no memory to share
            }
            catch (WorkerLostException lost)
            {
                var id = _worker?.Id;
                Dispose();
                if (tries == MostTries) throw Verdict(path, lost);
                var how = lost.Message.TrimEnd('.');
                program.Replaced?.Invoke($"{Worker(id)} was lost while it read {path}: it {how}. Another one tries once more.");
            }
        }

        WorkerMessage AskOnce()
        {
            _worker ??= WorkerProcess.Start(program, cancel); // which is not the video's time
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                if (bytes > 0) _worker.Provide(bytes);
                var own = left - (left < 4 * Margin ? left / 4 : Margin);
                return _worker.Ask(kind, writer => body(writer, own), left, cancel);
            }
            finally
            {
                left -= TimeProvider.System.GetElapsedTime(began);
            }
        }
    }

    /// <summary>Copies frames of the last request out of the shared memory, from a place on.</summary>
    public void CopyTo(Span<byte> frames, int from = 0) => _worker!.CopyTo(frames, from);

    public void Dispose()
    {
        _worker?.Dispose();
        _worker = null;
    }

    private static string Worker(int? id) =>
        id is { } number ? string.Create(CultureInfo.InvariantCulture, $"The decode worker {number}") : "A decode worker";

    private static WorkerMessage Judged(string path, WorkerMessage answer, TimeSpan deadline)
    {
        if (answer.Kind == WorkerMessageKind.Done) return answer;
        if (answer.Kind == WorkerMessageKind.Fault)
            throw new DecoderFaultException(path, answer.Parse(reader => reader.ReadString()));
        if (answer.Kind != WorkerMessageKind.Unusable) throw new WorkerLostException("answered nonsense", null);
        var (reason, message) = answer.Parse(reader => ((UnusableReason)reader.ReadByte(), reader.ReadString()));
        throw reason == UnusableReason.Deadline ? TooLong(path, deadline) : new VideoUnusableException(path, reason, message);
    }

    private static VideoUnusableException TooLong(string path, TimeSpan deadline) => new(
        path, UnusableReason.Deadline,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Reading {path} took longer than the {deadline.TotalSeconds:0.###} s allowed; it is skipped. A longer deadline may help ")
            + "if the disk is slow.");

    private static Exception Verdict(string path, WorkerLostException lost) => lost.Crashed
        ? new VideoUnusableException(
            path, UnusableReason.Decoder,
            $"Reading {path} crashed the decoder {MostTries} times: its worker {lost.Message.TrimEnd('.')}.", lost)
        : DecoderFaultException.Of(path, $"the decode worker {lost.Message}", lost);
}
