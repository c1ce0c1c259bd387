namespace CACL.Benchmarks.Suite;

/// <summary>The figures of a program in all repetitions, or why there are none.</summary>
/// <param name="Runs">One entry a repetition.</param>
/// <param name="Lack">Why there are no figures; null: there are.</param>
/// <param name="Failed">Whether the program failed, rather than that the machine lacks something.</param>
internal sealed record Repeated(IReadOnlyList<Figures> Runs, string? Lack = null, bool Failed = false);

/// <summary>Figures of several programs that took turns.</summary>
/// <param name="Ours">This program's.</param>
/// <param name="Peer">The peer's; null: it has no such measurement.</param>
internal sealed record Comparison(Repeated Ours, Repeated? Peer)
{
    /// <summary>Returns a row of the table.</summary>
    /// <param name="row">The row without figures.</param>
    /// <param name="ours">The name of this program's figure.</param>
    /// <param name="peer">The name of the peer's; null: it has none.</param>
    public Row Row(Row row, string ours, string? peer = null)
    {
        var compared = peer is null ? null : Peer;
        return row with
        {
            Ours = Of(Ours, ours),
            Peer = compared is null ? [] : Of(compared, peer!),
            Note = Ours.Lack ?? compared?.Lack,
            Failed = Ours.Failed || (Ours.Lack is null && compared is { Failed: true }),
        };
    }

    private static List<double> Of(Repeated repeated, string name) => [.. repeated.Runs.Select(run => run[name]).OfType<double>()];
}
