using System.Globalization;
using CACL.Data.Files;

namespace CACL.Node.Training;

/// <summary>
/// What rank 0 leaves for the process that started the ranks, which knows only mpirun: its process id, so that it can be asked to stop, its
/// run folder, its exit code, and whether it ended because another rank was lost. Files of a folder that an environment variable names;
/// without the variable nothing is left.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class RankZero(string folder)
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "CACL_RANKS";

    /// <summary>That of this process, if it was started so.</summary>
    public static RankZero? Own => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? new RankZero(folder) : null;

    /// <summary>Its process id; null: it has not begun.</summary>
    public int? Id => Read("pid");

    /// <summary>Its exit code; null: it ended without a word, or has not ended.</summary>
    public int? ExitCode => Read("exit");

    /// <summary>The run folder, from which the training can be continued; null: there is none yet.</summary>
    public string? Run => ReadText("run");

    /// <summary>Whether the run ended because a rank was lost: another one, or rank 0 itself, which then left no word.</summary>
    public bool HasLostRank => ReadText("lost") is not null || (Id is not null && ExitCode is null);

    /// <summary>Whether it has begun and ended, with a word or without.</summary>
    public bool IsOver => ExitCode is not null
        || (Id is { } id && !Directory.Exists($"/proc/{id.ToString(CultureInfo.InvariantCulture)}"));

    /// <summary>Notes that this process is rank 0.</summary>
    public void Begin() => Write("pid", Text(Environment.ProcessId));

    /// <summary>Notes the run folder, once it holds the settings of the run.</summary>
    public void Trains(string run) => Write("run", run);

    /// <summary>Notes how it ended.</summary>
    /// <param name="code">Its exit code.</param>
    /// <param name="lostRank">Whether another rank was lost.</param>
    public void End(int code, bool lostRank)
    {
        if (lostRank) Write("lost", "");
        Write("exit", Text(code));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Write(string name, string text)
    {
        try
        {
            AtomicFile.WriteText(Path.Combine(folder, name), text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Who started it is gone, and the folder with it.
        }
    }

    private int? Read(string name) => ReadText(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private string? ReadText(string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? RegularFile.ReadAllText(file) : null;
    }
}
