namespace CACL.Benchmarks.Suite;

/// <summary>A program and its first arguments.</summary>
/// <param name="Program">Its path, or a name to look up on the PATH.</param>
/// <param name="Arguments">Arguments that it always gets.</param>
internal sealed record Command(string Program, params string[] Arguments)
{
    /// <summary>Returns the command with further arguments.</summary>
    public Command With(params string[] more) => this with { Arguments = [.. Arguments, .. more] };

    /// <summary>Returns the command that another one runs, such as a counter of calls.</summary>
    public Command Under(Command outer) => outer.With([Program, .. Arguments]);
}
