using CACL.Data.Processes;

namespace CACL.Data.Decoding.Workers;

/// <summary>One worker that runs, as this process sees it. One request at a time.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>How long a program that starts may take until it is ready; it says nothing about a video.</summary>
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(60);

    /// <summary>How long a worker may take to give up a request before it is killed.</summary>
    private static readonly TimeSpan GivingUp = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How the names of the environment variables begin that a worker gets. It reads files that anybody may have made: secrets of this
    /// process are none of its business.
    /// </summary>
    private static readonly string[] Passed = ["PATH", "HOME", "TMPDIR", "LD_", "LC_", "LANG", "TZ", "DOTNET_", "MALLOC_", "GLIBC_"];

    private readonly ChildProcess _process;
    private readonly AnswerPipe _answers;
    private readonly Lock _writing = new();
    private SharedFrames? _frames;
    private long _request;

    private WorkerProcess(ChildProcess process) => (_process, _answers) = (process, new AnswerPipe(process.Output));

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has answered everything that it was asked, and takes the next request.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>Starts a worker and waits until it is ready.</summary>
    /// <exception cref="WorkerLostException">It did not get ready.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public static WorkerProcess Start(DecodeWorkerProgram program, CancellationToken cancel)
    {
        var start = new ChildStartInfo(program.FileName, program.Arguments)
        {
            KeepsInputOpen = true, // when it closes, the worker knows that this process is gone
            Environment = SafeEnvironment(),
            Timeout = Starting,
        };
        WorkerProcess worker;
        try
        {
            worker = new WorkerProcess(new ChildProcess(start, CancellationToken.None));
        }
        catch (ChildStartException e)
        {
            throw new WorkerLostException(e.Message, null, e);
        }

        try
        {
            worker._answers.Allow(Starting);
            using var killing = cancel.Register(() => worker._answers.Allow(TimeSpan.Zero));
            var first = worker.Receive(cancel);
            if (first.Kind == WorkerMessageKind.Unready)
                throw new WorkerLostException($"said: {first.Parse(reader => reader.ReadString())}", null);
            if (first.Kind != WorkerMessageKind.Ready) throw new WorkerLostException("did not say that it is ready", null);
            worker._process.SetTimeout(null);
            worker.IsIdle = true;
            return worker;
        }
        catch (TimeoutException e)
        {
            worker.Dispose();
            throw new WorkerLostException($"was not ready within {Starting.TotalSeconds:0} s", null, e);
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Provides memory for the frames of the next requests, so many bytes.</summary>
    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    public void Provide(int bytes)
    {
        if (_frames?.Bytes >= bytes) return;
        _frames?.Dispose();
        _frames = null;
        var frames = new SharedFrames(bytes);
        _frames = frames;
        Send(WorkerMessageKind.Memory, 0, writer =>
        {
            writer.Write(frames.Path);
            writer.Write(bytes);
            writer.Write(frames.Mark);
        });
    }

    /// <summary>Copies frames of the last request out of the shared memory, from a place on.</summary>
    public void CopyTo(Span<byte> frames, int from) => _frames!.CopyTo(frames, from);

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="kind">The request.</param>
    /// <param name="body">Writes it.</param>
    /// <param name="allowed">After this time the worker is killed.</param>
    /// <param name="cancel">Asks the worker to give up, and kills it if it does not.</param>
    /// <exception cref="TimeoutException">The time was over, and the worker is no more.</exception>
    /// <exception cref="WorkerLostException">The worker is no more.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled; the worker may be no more.</exception>
    public WorkerMessage Ask(WorkerMessageKind kind, Action<BinaryWriter> body, TimeSpan allowed, CancellationToken cancel)
    {
        var request = ++_request;
        IsIdle = false;
        _answers.Allow(allowed);
        _process.SetTimeout(allowed + GivingUp);
        WorkerMessage answer;
        using (cancel.Register(() => GiveUp(request)))
        {
            try
            {
                Send(kind, request, body);
                answer = Receive(cancel);
            }
            catch (WorkerLostException) when (cancel.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancel);
            }
        }

        _process.SetTimeout(null);
        if (answer.Request != request) throw new WorkerLostException("answered what it was not asked", null);
        IsIdle = true;
        return answer.Kind == WorkerMessageKind.Cancelled ? throw new OperationCanceledException(cancel) : answer;
    }

    /// <summary>
    /// Kills the worker. One that waits for a file system that does not answer may exist until it does; nobody waits for that.
    /// </summary>
    public void Dispose()
    {
        _process.Dispose();
        _frames?.Dispose();
    }

    private static Dictionary<string, string?> SafeEnvironment()
    {
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => !Array.Exists(Passed, passed => name.StartsWith(passed, StringComparison.Ordinal)))
            .ToDictionary(name => name, _ => (string?)null);
        environment["DOTNET_gcConcurrent"] = "0"; // it makes next to no garbage, and needs no thread for it
        environment["DOTNET_gcServer"] = "0";
        // Otherwise the pictures' memory goes back to the system after each request, and comes back page by page.
        environment.TryAdd("MALLOC_TRIM_THRESHOLD_", "268435456");
        environment.TryAdd("MALLOC_MMAP_THRESHOLD_", "33554432");
        // Its threads take turns, so that an arena for each would only keep what the other needs; and methods that are compiled once, for
        // good, leave no first versions behind. Together that is a good third of a worker's memory.
        environment.TryAdd("MALLOC_ARENA_MAX", "1");
        environment.TryAdd("DOTNET_TieredCompilation", "0");
        environment["DOTNET_EnableDiagnostics"] = "0"; // a killed process leaves its diagnostic socket in /tmp
        return environment;
    }

    private void GiveUp(long request)
    {
        _process.SetTimeout(GivingUp);
        _answers.Allow(GivingUp);
        // A worker that is stopped takes nothing: whoever cancels must not wait for it.
        Task.Run(() =>
        {
            try
            {
                Send(WorkerMessageKind.Cancel, request, null);
            }
            catch (WorkerLostException)
            {
                // It has given up everything.
            }
        });
    }

    private void Send(WorkerMessageKind kind, long request, Action<BinaryWriter>? body)
    {
        try
        {
            lock (_writing) WorkerMessage.Write(_process.Input, kind, request, body);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    private WorkerMessage Receive(CancellationToken cancel)
    {
        try
        {
            return WorkerMessage.Read(_answers) ?? throw Lost(null);
        }
        catch (TimeoutException)
        {
            cancel.ThrowIfCancellationRequested();
            throw;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException)
        {
            cancel.ThrowIfCancellationRequested();
            throw Lost(e);
        }
    }

    private WorkerLostException Lost(Exception? cause)
    {
        if (cause is InvalidDataException) return new WorkerLostException($"sent {cause.Message}", null, cause);
        _process.SetTimeout(GivingUp); // its output has ended, so it is about to exit
        try
        {
            var end = _process.WaitForExit();
            return new WorkerLostException(end.Description, end, cause);
        }
        catch (TimeoutException e)
        {
            return new WorkerLostException("closed its output", null, e);
        }
    }
}

/// <summary>A worker is no more, or never was. The message is a phrase that says how it ended.</summary>
internal sealed class WorkerLostException(string message, ChildExit? exit, Exception? inner = null) : Exception(message, inner)
{
    // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: what a program brings upon itself. Other signals come from outside.
    private static readonly int[] OwnSignals = [4, 5, 6, 7, 8, 11];

    /// <summary>Whether it crashed over what it was doing; otherwise it was killed, lacked something or never started.</summary>
    public bool Crashed => exit?.Signal is { } signal && OwnSignals.Contains(signal)
        && !exit.ErrorTail.Any(line => line.Contains("Out of memory", StringComparison.OrdinalIgnoreCase));
}
