using System.Diagnostics;
using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Files;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.Workers;

/// <summary>
/// The worker itself: a process that decodes pairs and reads records with ffmpeg's libraries, one request after the other, for the process
/// that started it. It ends when its standard input does, and so with that process however that ends, also in the middle of a request.
/// </summary>
public sealed class DecodeWorker
{
    /// <summary>
    /// When memory runs out, the kernel kills the process with the highest number, from -1000 to 1000: a worker is easily replaced.
    /// </summary>
    private const string OutOfMemoryScore = "400";

    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Lock _listening = new();
    private readonly Lock _gate = new();
    private SharedFrames.Mapping? _frames;
    private long _cancelled;
    private long _underway;
    private CancellationTokenSource? _cancel;

    private DecodeWorker(Stream input, Stream output) => (_input, _output) = (new BufferedStream(input, 1 << 16), output);

    /// <summary>Serves until the input ends.</summary>
    /// <param name="input">Requests.</param>
    /// <param name="output">Answers.</param>
    /// <returns>The exit code of a worker that cannot work; otherwise this does not return.</returns>
    public static int Run(Stream input, Stream output)
    {
        TryWrite("/proc/self/oom_score_adj", OutOfMemoryScore);
        if (!FfmpegLibraries.TryLoad(out var libraries, out var whyNot))
        {
            WorkerMessage.Write(output, WorkerMessageKind.Unready, 0, writer => writer.Write(whyNot));
            return 1;
        }

        var worker = new DecodeWorker(input, output);
        using var decoder = new InProcessPairDecoder(libraries!);
        using var prober = new InProcessProber(libraries!);
        WorkerMessage.Write(output, WorkerMessageKind.Ready, 0);
        // One thread does a request, the other listens meanwhile. They take turns: handing requests over would cost each of them a while.
        new Thread(() => worker.Serve(decoder, prober)) { IsBackground = true, Name = "worker" }.Start();
        worker.Serve(decoder, prober);
        return 0;
    }

    private void Serve(InProcessPairDecoder decoder, InProcessProber prober)
    {
        while (true)
        {
            WorkerMessage request;
            using var cancel = new CancellationTokenSource();
            lock (_listening)
            {
                request = Listen();
                Begin(request.Request, cancel);
            }

            Answer(request, decoder, prober, cancel);
        }
    }

    /// <summary>Returns the next request. Ends the process when there will be none, whatever the other thread is doing.</summary>
    private WorkerMessage Listen()
    {
        try
        {
            while (WorkerMessage.Read(_input) is { } message)
            {
                if (message.Kind == WorkerMessageKind.Cancel) Cancel(message.Request);
                else if (message.Kind == WorkerMessageKind.Memory) Map(message);
                else return message;
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // It counts as ended.
        }

        // A request may be in a call that never returns; and there is nothing to be saved.
        Process.GetCurrentProcess().Kill();
        throw new InvalidOperationException("The process outlived its end."); // it never does
    }

    private void Map(WorkerMessage message)
    {
        _frames?.Dispose();
        _frames = message.Parse(reader => new SharedFrames.Mapping(reader.ReadString(), reader.ReadInt32(), reader.ReadBytes(16)));
    }

    private void Begin(long request, CancellationTokenSource cancel)
    {
        lock (_gate)
        {
            (_underway, _cancel) = (request, cancel);
            if (_cancelled == request) cancel.Cancel();
        }
    }

    private void Cancel(long request)
    {
        lock (_gate)
        {
            _cancelled = request;
            if (_underway == request) _cancel?.Cancel();
        }
    }

    private void Answer(
        WorkerMessage message, InProcessPairDecoder decoder, InProcessProber prober, CancellationTokenSource cancel)
    {
        try
        {
            var record = message.Kind == WorkerMessageKind.Probe
                ? message.Parse(reader => Probe(reader, prober, cancel.Token))
                : message.Parse(reader => Decode(reader, decoder, cancel.Token));
            Say(WorkerMessageKind.Done, writer =>
            {
                if (record is not null) WorkerRecords.Write(writer, record);
            });
        }
        catch (VideoUnusableException e)
        {
            Say(WorkerMessageKind.Unusable, writer =>
            {
                writer.Write((byte)e.Reason);
                writer.Write(e.Message);
            });
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Say(WorkerMessageKind.Cancelled);
        }
        catch (Exception e) when (e is not IOException)
        {
            var what = e is DecoderFaultException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            Say(WorkerMessageKind.Fault, writer => writer.Write(what));
        }

        // The next request may come as soon as this one is answered.
        void Say(WorkerMessageKind kind, Action<BinaryWriter>? body = null)
        {
            lock (_gate) (_underway, _cancel) = (0, null);
            WorkerMessage.Write(_output, kind, message.Request, body);
        }
    }

    private static VideoRecord Probe(BinaryReader reader, InProcessProber prober, CancellationToken cancel) =>
        prober.Probe(reader.ReadString(), TimeSpan.FromTicks(reader.ReadInt64()), cancel);

    private VideoRecord? Decode(BinaryReader reader, InProcessPairDecoder decoder, CancellationToken cancel)
    {
        var frames = _frames ?? throw new InvalidDataException("a pair before there is memory for it");
        var deadline = TimeSpan.FromTicks(reader.ReadInt64());
        var size = reader.ReadInt32();
        var plans = new SamplePlan[reader.ReadInt32()];
        for (var i = 0; i < plans.Length; i++) plans[i] = WorkerRecords.ReadPlan(reader);
        var video = WorkerRecords.ReadVideo(reader);
        var bytes = 2 * size * size * 3 * plans.Length;
        decoder.DecodeTogether(video, plans, size, deadline, frames.Frames[..bytes], cancel);
        return null;
    }

    private static void TryWrite(string path, string text)
    {
        try
        {
            using var file = RegularFile.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system does not permit it; then the kernel chooses by size.
        }
    }
}
