using System.Globalization;

namespace CACL.Benchmarks.Suite;

/// <summary>What the measurements work with.</summary>
/// <param name="Settings">What is to be measured.</param>
/// <param name="Programs">This program.</param>
/// <param name="Peer">The program to compare with.</param>
/// <param name="Turns">Lets both take turns.</param>
/// <param name="Scratch">A folder for files, which is deleted at the end.</param>
/// <param name="Stop">Ends everything.</param>
internal sealed record Workbench(
    SuiteSettings Settings, OwnPrograms Programs, Peer Peer, Turns Turns, string Scratch, CancellationToken Stop)
{
    /// <summary>The videos.</summary>
    public Clips Clips => field ??= new Clips(this);

    /// <summary>Lets this program and the peer, if there is one, take turns.</summary>
    /// <inheritdoc cref="Turns.Compare"/>
    public Comparison Compare(string what, Func<Figures> ours, Func<Figures>? peer = null) =>
        Turns.Compare(what, ours, Peer.Lack is null ? peer : null);

    /// <summary>Returns the figures of one of this program's benchmarks.</summary>
    public Figures Benchmark(params string[] arguments) => ProgramRun.Of(Programs.Benchmarks.With(arguments), Stop).Figures();

    /// <summary>Runs a verb of this program.</summary>
    public ProgramRun Cacl(params string[] arguments) => ProgramRun.Of(Programs.Cacl.With(arguments), Stop);

    /// <summary>Returns a number as an argument.</summary>
    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the path of a new file or folder in the scratch folder.</summary>
    public string New(string name) => Path.Combine(Scratch, $"{name}-{Guid.NewGuid():n}");
}

/// <summary>The two programs of this repository that are measured.</summary>
/// <param name="Benchmarks">CACL.Benchmarks, whose verbs each measure one part.</param>
/// <param name="Cacl">The program itself.</param>
internal sealed record OwnPrograms(Command Benchmarks, Command Cacl);
