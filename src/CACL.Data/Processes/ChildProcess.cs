using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

#pragma warning disable RS0030 // this is what others call instead

namespace CACL.Data.Processes;

/// <summary>
/// A child process: the only way in which this program starts others. It is killed at its deadline whatever it does, and the last lines of
/// its standard error are kept. Disposing kills it with everything that it started.
/// </summary>
public sealed partial class ChildProcess : IDisposable
{
    private const string SetSession = "/usr/bin/setsid";
    private const string SetPrivileges = "/usr/bin/setpriv";
    private const int Terminate = 15;
    private const int MostLines = 20;
    private const int LongestLine = 6000; // enough for a path and a few words

    /// <summary>The longest time that a timer takes.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>
    /// How long to wait for the rest of its output once it has exited: something that it started may still hold the pipe.
    /// </summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _program;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenRegistration _killer;
    private readonly LastLines _errorTail = new(MostLines, LongestLine);
    private readonly Task _reading;
    private TimeSpan? _timeout;

    /// <summary>Starts a program.</summary>
    /// <param name="start">The program, and how to start it.</param>
    /// <param name="cancel">Kills it.</param>
    /// <exception cref="ChildStartException">The program cannot be started.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled before.</exception>
    public ChildProcess(ChildStartInfo start, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(start);
        cancel.ThrowIfCancellationRequested();
        (_program, _timeout, _cancel) = (start.Program, start.Timeout, cancel);
        _process = Start(start);
        if (!start.KeepsInputOpen) _process.StandardInput.Close();
        _reading = Task.WhenAll(
            ReadAsync(_process.StandardError, start.OnError, _errorTail),
            start.OnOutput is null ? Task.CompletedTask : ReadAsync(_process.StandardOutput, start.OnOutput, null));
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _killer = _limit.Token.Register(Kill);
        SetTimeout(start.Timeout);
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Its standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Its standard output, as lines.</summary>
    public StreamReader Lines => _process.StandardOutput;

    /// <summary>The last lines of its standard error so far; complete after <see cref="WaitForExit"/>.</summary>
    public IReadOnlyList<string> ErrorTail => _errorTail.Lines;

    /// <summary>Whether all its output has been read. Not so where something that it started outlives it and holds the pipe.</summary>
    public bool HasReadAll => _reading.IsCompleted;

    /// <summary>Sets how long it may run from now on; null stops the clock.</summary>
    public void SetTimeout(TimeSpan? time)
    {
        _timeout = time ?? _timeout;
        if (time is not { } given) _limit.CancelAfter(Timeout.InfiniteTimeSpan);
        else if (given < TimeSpan.Zero) _limit.Cancel();
        else _limit.CancelAfter(given < Longest ? given : Longest);
    }

    /// <summary>Asks it to exit (SIGTERM), and kills it if it has not done so after a while.</summary>
    public void RequestExit(TimeSpan patience)
    {
        if (_process.HasExited) return;
        SetTimeout(patience);
        _ = RequestExit(_process.Id);
    }

    /// <summary>Asks any process to exit (SIGTERM).</summary>
    /// <returns>Whether there is such a process and it may be signalled.</returns>
    public static bool RequestExit(int process) => SendSignal(process, Terminate) == 0;

    /// <summary>Lowers its priority, and makes the kernel kill it before others when memory runs out.</summary>
    /// <param name="outOfMemoryScore">From -1000 to 1000; the highest goes first.</param>
    public void LowerPriority(int outOfMemoryScore)
    {
        try
        {
            _process.PriorityClass = ProcessPriorityClass.BelowNormal;
            File.WriteAllText($"/proc/{_process.Id}/oom_score_adj", outOfMemoryScore.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            // It has exited already, or the system does not permit it; then it keeps its priority.
        }
    }

    /// <summary>Waits until it has exited.</summary>
    /// <exception cref="TimeoutException">The deadline passed, and it was killed; the message is a sentence.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public ChildExit WaitForExit()
    {
        _process.WaitForExit();
        _reading.Wait(DrainTime, CancellationToken.None);
        return End();
    }

    /// <summary>Waits until it has exited.</summary>
    /// <inheritdoc cref="WaitForExit"/>
    public async Task<ChildExit> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAny(_reading, Task.Delay(DrainTime, CancellationToken.None)).ConfigureAwait(false);
        return End();
    }

    /// <summary>Throws if it was killed because of the deadline or a cancellation.</summary>
    /// <inheritdoc cref="WaitForExit"/>
    public void Check()
    {
        if (!_limit.IsCancellationRequested) return;
        _cancel.ThrowIfCancellationRequested();
        var seconds = _timeout?.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        throw new TimeoutException($"{_program} took longer than the {seconds} s allowed.");
    }

    /// <summary>Kills it if it still runs, and waits a moment until it has released its files.</summary>
    public void Kill(TimeSpan wait)
    {
        Kill();
        _process.WaitForExit(wait);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _killer.Dispose();
        _limit.Dispose();
        CloseStreams();
        _process.Dispose();
    }

    // Process.Dispose leaves the pipes that somebody has used to the garbage collector.
    private void CloseStreams()
    {
        foreach (var stream in (Stream[])[Input, Output, _process.StandardError.BaseStream])
        {
            try
            {
                stream.Dispose();
            }
            catch (IOException)
            {
                // What was written is not wanted any more.
            }
        }
    }

    private ChildExit End()
    {
        Check();
        return new ChildExit(_process.ExitCode, _errorTail.Lines);
    }

    // It gets a session of its own: Ctrl+C in a terminal reaches every process of the foreground group, and what it means is for this
    // process to decide. Both wrappers become the program itself and keep the process id.
    private static Process Start(ChildStartInfo start)
    {
        List<string> wrappers = [];
        if (File.Exists(SetSession)) wrappers.Add(SetSession);
        if (start.EndsWithParent && File.Exists(SetPrivileges)) wrappers.AddRange([SetPrivileges, "--pdeathsig", "TERM"]);
        string[] command = [.. wrappers, start.Program];
        var info = new ProcessStartInfo
        {
            FileName = command[0],
            Arguments = $"{ChildStartInfo.Quote(command.Skip(1))} {start.Arguments}".Trim(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in start.Environment)
        {
            if (value is null) info.Environment.Remove(name);
            else info.Environment[name] = value;
        }

        try
        {
            return Process.Start(info) ?? throw new ChildStartException($"{start.Program} could not be started");
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new ChildStartException($"{start.Program} could not be started ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static async Task ReadAsync(StreamReader from, Action<ReadOnlyMemory<char>>? passOn, LastLines? last)
    {
        var buffer = new char[4096];
        try
        {
            while (await from.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                passOn?.Invoke(buffer.AsMemory(0, count));
                last?.Add(buffer.AsSpan(0, count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It was disposed while it was still writing.
        }
    }

    private void Kill()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has exited.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
