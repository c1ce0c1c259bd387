using System.Globalization;
using CACL.Data.Files;

namespace CACL.Node.Training;

/// <summary>
/// What rank 0 leaves for the process that started the ranks, which knows only mpirun: its process id, so that it can be asked to stop, and
/// its exit code. Files of a folder that an environment variable names; without the variable nothing is left.
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

    /// <summary>Whether it has begun and ended, with a word or without.</summary>
    public bool IsOver => ExitCode is not null
        || (Id is { } id && !Directory.Exists($"/proc/{id.ToString(CultureInfo.InvariantCulture)}"));

    /// <summary>Notes that this process is rank 0.</summary>
    public void Begin() => Write("pid", Environment.ProcessId);

    /// <summary>Notes its exit code.</summary>
    public void End(int code) => Write("exit", code);

    private void Write(string name, int number)
    {
        try
        {
            AtomicFile.WriteText(Path.Combine(folder, name), number.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Who started it is gone, and the folder with it.
        }
    }

    private int? Read(string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? int.Parse(RegularFile.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }
}
