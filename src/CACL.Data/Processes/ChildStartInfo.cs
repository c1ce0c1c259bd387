using System.Text;

namespace CACL.Data.Processes;

/// <summary>A program to start, and how to start it.</summary>
/// <param name="Program">Its path, or a name to look up on the PATH.</param>
/// <param name="Arguments">Its arguments as one string, quoted as <see cref="Quote(string)"/> does.</param>
public sealed record ChildStartInfo(string Program, string Arguments)
{
    /// <summary>Creates the information from arguments that are not quoted yet.</summary>
    public ChildStartInfo(string program, IEnumerable<string> arguments)
        : this(program, Quote(arguments))
    {
    }

    /// <summary>How long it may run; null: without limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its standard input stays open for <see cref="ChildProcess.Input"/>; otherwise it is closed at once.</summary>
    public bool KeepsInputOpen { get; init; }

    /// <summary>
    /// Whether the system asks it to exit (SIGTERM) when the thread that started it is gone, so that it does not outlive a killed parent.
    /// That thread must live as long as the child should.
    /// </summary>
    public bool EndsWithParent { get; init; }

    /// <summary>Environment variables that differ from this process's; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Receives every piece of its standard error, on another thread.</summary>
    public Action<ReadOnlyMemory<char>>? OnError { get; init; }

    /// <summary>
    /// Receives every piece of its standard output, on another thread; null: whoever starts it reads <see cref="ChildProcess.Output"/> or
    /// <see cref="ChildProcess.Lines"/>.
    /// </summary>
    public Action<ReadOnlyMemory<char>>? OnOutput { get; init; }

    /// <summary>Joins arguments into one string, each quoted.</summary>
    public static string Quote(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>Quotes one argument so that .NET's splitting of arguments yields it again: backslashes count only before a quote.</summary>
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
