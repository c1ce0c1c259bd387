using CACL.Configuration.Hocon;
using CACL.Data.Processes;
using CACL.Node.Ending;
using CACL.Node.Programs;

namespace CACL.Node.Study;

/// <summary>
/// Runs this program once more, with other arguments, in a child process: it stops when asked to, at a deadline, and when this process
/// dies, however that happens.
/// </summary>
internal static class ChildProgram
{
    /// <summary>The exit code after a deadline, as with timeout(1).</summary>
    private const int TooLate = 124;

    private static readonly TimeSpan Saving = TimeSpan.FromMinutes(2);

    /// <summary>Runs the program to its end. The calling thread must stay alive as long as the child should.</summary>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="log">File to which its output is appended.</param>
    /// <param name="deadline">Time after which it is killed; null: never.</param>
    /// <param name="stop">Asks it to save and exit.</param>
    /// <exception cref="UserException">The program cannot be started.</exception>
    public static ChildExit Run(IReadOnlyList<string> arguments, string log, TimeSpan? deadline, CancellationToken stop)
    {
        var program = OwnProgram.Find();
        using var words = new ChildLog(log, append: true, most: long.MaxValue);
        words.Write($"$ cacl {string.Join(' ', arguments)}\n".AsMemory());
        try
        {
            var start = new ChildStartInfo(program.FileName, [.. program.Arguments, .. arguments])
            {
                Timeout = deadline,
                EndsWithParent = true,
                OnOutput = words.Write,
                OnError = words.Write,
            };
            using var child = new ChildProcess(start, CancellationToken.None);
            using var asking = stop.Register(() => child.RequestExit(Saving));
            return child.WaitForExit();
        }
        catch (TimeoutException)
        {
            var sentence = deadline is { } allowed && !stop.IsCancellationRequested
                ? $"It took longer than {HoconUnits.Render(allowed)} and was ended."
                : $"It did not save within {HoconUnits.Render(Saving)} and was ended.";
            words.Write($"{sentence}\n".AsMemory());
            return new ChildExit(TooLate, [sentence]);
        }
        catch (ChildStartException e)
        {
            throw new UserException($"The program cannot start itself again: {e.Message}.", e);
        }
    }
}
