using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using CACL.Node.Ending;
using CACL.Node.Programs;

namespace CACL.Node.Study;

/// <summary>How a child ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="LastWords">The last it wrote to standard error; empty: nothing.</param>
internal sealed record ChildEnd(int ExitCode, string LastWords);

/// <summary>
/// This program once more, with other arguments, in a process of its own: it stops when it is asked to, at a deadline, and when this
/// process dies, however that happens.
/// </summary>
internal static partial class ChildProgram
{
    private const int Terminate = 15;
    private const int MostWords = 2000;
    private static readonly TimeSpan Saving = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    // A session of its own: Ctrl+C in a terminal reaches this process alone, which passes it on once, so that no second one cuts a
    // training's saving short. And the system asks it to end when the thread that started it is gone, so none is left behind.
    private static readonly string[] Wrapper =
    [
        .. Existing("/usr/bin/setsid"),
        .. Existing("/usr/bin/setpriv", "--pdeathsig", "TERM"),
    ];

    /// <summary>Runs one to its end. The calling thread must stay alive as long as the child should.</summary>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="log">File that takes what it writes, at its end.</param>
    /// <param name="deadline">It is ended after this time.</param>
    /// <param name="stop">Asks it to save and end.</param>
    /// <exception cref="UserException">It cannot be started.</exception>
    public static ChildEnd Run(IEnumerable<string> arguments, string log, TimeSpan deadline, CancellationToken stop)
    {
        string[] command = [.. Wrapper, .. OwnProgram.Command, .. arguments];
        using var words = new ChildWords(log, $"$ cacl {string.Join(' ', arguments)}");
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            },
        };
        process.OutputDataReceived += (_, line) => words.Take(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => words.Take(line.Data, isError: true);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new UserException($"The program cannot start itself again as {command[0]}: {e.Message}.", e);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return Wait(process, words, deadline, stop);
    }

    /// <summary>Asks a process to save and end.</summary>
    /// <returns>Whether there is such a process and it may be asked.</returns>
    public static bool Ask(int process) => Kill(process, Terminate) == 0;

    private static ChildEnd Wait(Process process, ChildWords words, TimeSpan deadline, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        long? asked = null;
        while (!process.WaitForExit(Glance))
        {
            if (asked is null && stop.IsCancellationRequested)
            {
                asked = Stopwatch.GetTimestamp();
                Ask(process.Id);
            }
            else if (asked is null && Stopwatch.GetElapsedTime(began) > deadline)
            {
                words.Take($"It took longer than {Configuration.Hocon.HoconUnits.Render(deadline)} and was ended.", isError: true);
                process.Kill(entireProcessTree: true);
            }
            else if (asked is { } since && Stopwatch.GetElapsedTime(since) > Saving)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.WaitForExit(); // until both pipes are read
        return new ChildEnd(process.ExitCode, words.Last);
    }

    private static string[] Existing(string program, params string[] arguments) => File.Exists(program) ? [program, .. arguments] : [];

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    /// <summary>What a child writes: into a file, and the end of its complaints kept.</summary>
    private sealed class ChildWords : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly StreamWriter _log;
        private readonly Queue<string> _last = new();
        private int _length;

        public ChildWords(string log, string command)
        {
            _log = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
            _log.WriteLine(command);
        }

        public string Last
        {
            get
            {
                lock (_gate) return string.Join('\n', _last);
            }
        }

        public void Take(string? line, bool isError)
        {
            if (line is null) return;
            lock (_gate)
            {
                TryLog(line);
                if (!isError || string.IsNullOrWhiteSpace(line)) return;
                _last.Enqueue(line.Length <= MostWords ? line : line[..MostWords]);
                _length += _last.Last().Length;
                while (_length > MostWords && _last.Count > 1) _length -= _last.Dequeue().Length;
            }
        }

        public void Dispose() => _log.Dispose();

        private void TryLog(string line)
        {
            try
            {
                _log.WriteLine(line);
            }
            catch (IOException)
            {
                // A full disk must not end a training whose own files find room; the training says so itself.
            }
        }
    }
}
