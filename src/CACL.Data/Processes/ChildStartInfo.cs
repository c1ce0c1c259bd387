using System.Text;

namespace CACL.Data.Processes;

/// <summary>Which program is started, and how.</summary>
/// <param name="Program">Its path, or a name to be found on the PATH.</param>
/// <param name="Arguments">Its arguments as one text, quoted as <see cref="Quote(string)"/> does.</param>
public sealed record ChildStartInfo(string Program, string Arguments)
{
    /// <summary>Which program is started, with arguments that are not quoted yet.</summary>
    public ChildStartInfo(string program, IEnumerable<string> arguments)
        : this(program, Quote(arguments))
    {
    }

    /// <summary>How long it may take; null: as long as it wants.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its standard input stays open for <see cref="ChildProcess.Input"/>; otherwise it is closed at once.</summary>
    public bool KeepsInputOpen { get; init; }

    /// <summary>
    /// Whether the system asks it to end (SIGTERM) when the thread that starts it is gone, so that it outlives no killed parent. The
    /// thread must live as long as the child should.
    /// </summary>
    public bool EndsWithParent { get; init; }

    /// <summary>Environment variables that differ from this process's; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Takes every piece of what it writes to standard error, from another thread.</summary>
    public Action<ReadOnlyMemory<char>>? OnError { get; init; }

    /// <summary>
    /// Takes every piece of what it writes to standard output, from another thread; null: whoever starts it reads
    /// <see cref="ChildProcess.Output"/> or <see cref="ChildProcess.Lines"/>.
    /// </summary>
    public Action<ReadOnlyMemory<char>>? OnOutput { get; init; }

    /// <summary>Makes one text of arguments.</summary>
    public static string Quote(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>Quotes one argument the way .NET takes an argument text apart: backslashes count only before a quote.</summary>
    public static string Quote(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
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
}

/// <summary>A program could not be started. The message is a phrase that names it and says why.</summary>
public sealed class ChildStartException(string message, Exception? inner = null) : Exception(message, inner);
