using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CACL.Data.Processes;

namespace CACL.Benchmarks.Suite;

/// <summary>What a program wrote, and what it took.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">The last lines of its standard error.</param>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="PeakMib">Its peak memory with that of the processes it started, MiB; 0 where it was not asked for.</param>
/// <param name="Began">When it was started.</param>
internal sealed record ProgramRun(string Output, IReadOnlyList<string> Errors, double Seconds, double PeakMib, DateTime Began)
{
    private const int NotHere = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">The program.</param>
    /// <param name="stop">Kills it.</param>
    /// <param name="watchMemory">Whether its memory is looked at while it runs.</param>
    /// <exception cref="NotHereException">It is not there, or says by exit code 3 that the machine lacks something.</exception>
    /// <exception cref="MeasurementException">It failed.</exception>
    public static ProgramRun Of(Command command, CancellationToken stop, bool watchMemory = false)
    {
        var output = new StringBuilder();
        var (clock, began) = (Stopwatch.StartNew(), DateTime.UtcNow);
        try
        {
            using var child = new ChildProcess(
                new ChildStartInfo(command.Program, command.Arguments)
                {
                    Timeout = Longest,
                    OnOutput = text => output.Append(text.Span),
                },
                stop);
            using var memory = watchMemory ? new MemoryWatch(child.Id, BetweenLooks) : null;
            var exit = child.WaitForExit();
            var seconds = clock.Elapsed.TotalSeconds;
            if (exit.NeverStarted) throw new NotHereException($"{command.Program} is not there.");
            if (exit.ExitCode == NotHere) throw new NotHereException(string.Join(' ', exit.ErrorTail));
            if (!exit.IsSuccess) throw new MeasurementException($"{Name(command)} {exit.Description}");
            return new ProgramRun(output.ToString(), exit.ErrorTail, seconds, memory?.PeakMib ?? 0, began);
        }
        catch (ChildStartException lack)
        {
            throw new NotHereException($"{lack.Message}.");
        }
        catch (TimeoutException late)
        {
            throw new MeasurementException(late.Message);
        }
    }

    /// <summary>Returns the numbers of the last line of JSON that it printed.</summary>
    /// <exception cref="MeasurementException">There is none, or it reports an error.</exception>
    public Figures Figures()
    {
        var line = Output.Split('\n').LastOrDefault(text => text.StartsWith('{'))
            ?? throw new MeasurementException("The program printed no line of JSON.");
        var parsed = JsonNode.Parse(line)!.AsObject();
        if (parsed["error"] is { } error) throw new MeasurementException(error.ToString());
        return new Figures(parsed.Where(pair => pair.Value is JsonValue value && value.TryGetValue<double>(out _))
            .ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<double>()));
    }

    private static string Name(Command command)
    {
        var words = command.Arguments.Prepend(command.Program).Select(Path.GetFileName).Take(3);
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', words)} …");
    }
}
