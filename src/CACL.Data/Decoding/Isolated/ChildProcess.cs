using System.Diagnostics;
using System.Text;
using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Isolated;

/// <summary>
/// One run of ffmpeg or ffprobe on one file: its output as it comes, its input where it takes one, the first of what it complains about,
/// and an end at the deadline whatever it does. Disposing ends it.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int MostComplaint = 4096;
    private const string Setsid = "/usr/bin/setsid";

    private readonly Process _process;
    private readonly string _video;
    private readonly Func<TimeSpan, Exception>? _tooLate;
    private TimeSpan _allowed;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenRegistration _killer;
    private readonly StringBuilder _complaint = new();

    /// <summary>Starts a program.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments as one text, quoted as <see cref="Quote"/> does.</param>
    /// <param name="video">The file it works on, for messages.</param>
    /// <param name="allowed">How long it may take.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <param name="takesInput">Whether <see cref="Input"/> stays open.</param>
    /// <param name="tooLate">What is thrown when the time has passed; null: that the file cannot be read.</param>
    internal ChildProcess(
        string program,
        string arguments,
        string video,
        TimeSpan allowed,
        CancellationToken cancel,
        bool takesInput = false,
        Func<TimeSpan, Exception>? tooLate = null)
    {
        cancel.ThrowIfCancellationRequested();
        (_video, _allowed, _cancel, _tooLate) = (video, allowed, cancel, tooLate);
        // Ctrl+C in a terminal reaches every process of the session's foreground group. The run itself decides what that means; a
        // decoder that it ended would look like a damaged video.
        var ownSession = File.Exists(Setsid);
        var start = new ProcessStartInfo
        {
            FileName = ownSession ? Setsid : program,
            Arguments = ownSession ? $"{Quote(program)} {arguments}" : arguments,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        if (!takesInput) _process.StandardInput.Close();
        _process.ErrorDataReceived += (_, line) => Complain(line.Data);
        _process.BeginErrorReadLine();
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _killer = _limit.Token.Register(Kill);
        _limit.CancelAfter(allowed > TimeSpan.Zero ? allowed : TimeSpan.Zero);
    }

    /// <summary>What it is given.</summary>
    internal Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it writes.</summary>
    internal Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it writes, as lines.</summary>
    internal StreamReader Lines => _process.StandardOutput;

    /// <summary>What it complained about so far; complete after <see cref="Finish"/>.</summary>
    internal string Complaint
    {
        get
        {
            lock (_complaint) return _complaint.ToString().Trim();
        }
    }

    /// <summary>Sets how long it may take from now on, or stops the clock while nobody waits for it.</summary>
    internal void Allow(TimeSpan? time)
    {
        _allowed = time ?? _allowed;
        _limit.CancelAfter(time ?? Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="VideoUnusableException">The deadline passed, and nothing else was to be thrown then.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal int Finish()
    {
        _process.WaitForExit();
        Check();
        return _process.ExitCode;
    }

    /// <summary>Throws if it was ended by the deadline or the caller.</summary>
    internal void Check()
    {
        if (!_limit.IsCancellationRequested) return;
        _cancel.ThrowIfCancellationRequested();
        throw _tooLate?.Invoke(_allowed) ?? new VideoUnusableException(
            _video,
            UnusableReason.Deadline,
            $"Reading {_video} took longer than the {_allowed.TotalSeconds:0.###} s allowed; it is skipped.");
    }

    /// <summary>Ends it if it still runs, and waits a moment until it is gone with the files it holds.</summary>
    internal void End()
    {
        Kill();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
    }

    public void Dispose()
    {
        Kill();
        _killer.Dispose();
        _limit.Dispose();
        _process.Dispose();
    }

    /// <summary>Quotes one argument the way .NET takes an argument text apart: backslashes count only before a quote.</summary>
    internal static string Quote(string argument)
    {
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var letter in argument)
        {
            if (letter == '"') quoted.Append('\\', backslashes + 1);
            backslashes = letter == '\\' ? backslashes + 1 : 0;
            quoted.Append(letter);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // it has ended
        }
    }

    private void Complain(string? line)
    {
        if (line is null) return;
        lock (_complaint)
        {
            if (_complaint.Length < MostComplaint) _complaint.AppendLine(line.Length <= MostComplaint ? line : line[..MostComplaint]);
        }
    }
}
