using System.Globalization;
using CACL.Data.Catalog;
using CACL.Data.Processes;

namespace CACL.Data.Decoding.Isolated;

/// <summary>
/// An ffmpeg or ffprobe process that works on one file. Its ways to end are told apart: what ffmpeg says about the file is for the caller
/// to judge; that it was killed, never started or ran out of memory is the decoder's fault and says nothing about the file. Disposing kills
/// it.
/// </summary>
internal sealed class FfmpegProcess : IDisposable
{
    // ffmpeg catches SIGINT, SIGTERM and the like, and exits with one of these; ffprobe does not.
    private const int EndedBySignal = 255;
    private const int EndedBySignals = 123;

    // Since 6.1 ffmpeg exits with the low byte of its own error: AVERROR(ENOMEM), AVERROR(ENFILE), AVERROR(EMFILE).
    private static readonly int[] LackCodes = [256 - 12, 256 - 23, 256 - 24];

    // What the system lacks, in libc's words and in ffmpeg's. The program may exit with any code after it, even with 0.
    private static readonly string[] Lacks =
    [
        "Cannot allocate memory", "Too many open files", "pthread_create", "error while loading shared libraries", "std::bad_alloc",
    ];

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private readonly ChildProcess _process;
    private readonly string _name;
    private readonly string _file;
    private readonly LastLines _errors;
    private volatile string? _lack;
    private TimeSpan _timeout;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Path of ffmpeg or ffprobe.</param>
    /// <param name="arguments">Its arguments as one string, quoted as <see cref="ChildStartInfo.Quote(string)"/> does.</param>
    /// <param name="file">The file that it works on, for messages.</param>
    /// <param name="timeout">How long it may run.</param>
    /// <param name="cancel">Kills it.</param>
    /// <param name="keepsInputOpen">Whether <see cref="Input"/> stays open.</param>
    /// <param name="endsWithParent">Whether it ends when the thread that started it is gone: <see cref="ChildStartInfo"/>.</param>
    /// <exception cref="DecoderFaultException">The program cannot be started.</exception>
    internal FfmpegProcess(
        string program, string arguments, string file, TimeSpan timeout, CancellationToken cancel, bool keepsInputOpen = false,
        bool endsWithParent = false)
    {
        (_name, _file, _timeout) = (Path.GetFileName(program), file, timeout);
        _errors = new LastLines(1, 500, Note);
        try
        {
            var start = new ChildStartInfo(program, arguments)
            {
                Timeout = timeout,
                KeepsInputOpen = keepsInputOpen,
                EndsWithParent = endsWithParent,
                OnError = text => _errors.Add(text.Span),
            };
            _process = new ChildProcess(start, cancel);
        }
        catch (ChildStartException e)
        {
            throw DecoderFaultException.Of(file, e.Message, e);
        }
    }

    /// <summary>Its standard input.</summary>
    internal Stream Input => _process.Input;

    /// <summary>Its standard output.</summary>
    internal Stream Output => _process.Output;

    /// <summary>Its standard output, as lines.</summary>
    internal StreamReader Lines => _process.Lines;

    /// <summary>The end of its standard error; complete after <see cref="WaitForExit"/>.</summary>
    internal string ErrorOutput => string.Join('\n', _process.ErrorTail);

    /// <summary>Sets how long it may run from now on, or stops the clock while nobody waits for it.</summary>
    internal void SetTimeout(TimeSpan? time)
    {
        _timeout = time ?? _timeout;
        _process.SetTimeout(time);
    }

    /// <summary>Waits until it has exited.</summary>
    /// <returns>The exit code, which is the program's verdict on the file.</returns>
    /// <exception cref="VideoUnusableException">The deadline passed.</exception>
    /// <exception cref="DecoderFaultException">It was killed, never started, or the machine lacked what it needs.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    internal int WaitForExit()
    {
        try
        {
            var end = _process.WaitForExit();
            if (end.Signal is not null || end.NeverStarted) throw Fault(end.Description);
            if (end.ExitCode is EndedBySignal or EndedBySignals) throw Fault($"was ended by a signal (exit code {end.ExitCode})");
            if (LackCodes.Contains(end.ExitCode)) throw Fault(end.Description);
            foreach (var line in _errors.Lines) Note(line);
            return _lack is null ? end.ExitCode : throw Fault($"says: {_lack}");
        }
        catch (TimeoutException e)
        {
            throw new VideoUnusableException(
                _file,
                UnusableReason.Deadline,
                string.Create(Invariant, $"Reading {_file} took longer than the {_timeout.TotalSeconds:0.###} s allowed; it is skipped."),
                e);
        }
    }

    /// <summary>Kills it if it still runs, and waits a moment until it has released its files.</summary>
    internal void End() => _process.Kill(TimeSpan.FromSeconds(5));

    public void Dispose() => _process.Dispose();

    private DecoderFaultException Fault(string what) => DecoderFaultException.Of(_file, $"{_name} {what}");

    // The file's own name may contain such words.
    private void Note(string line)
    {
        var said = line.Replace(_file, "", StringComparison.Ordinal);
        if (Array.Exists(Lacks, words => said.Contains(words, StringComparison.Ordinal))) _lack ??= line.TrimEnd('.');
    }
}
