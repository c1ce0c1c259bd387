using System.Globalization;

namespace CACL.Benchmarks.Suite;

/// <summary>
/// Lets programs take turns, so that what changes on the machine meanwhile changes for all of them. The order is turned round from one
/// repetition to the next.
/// </summary>
internal sealed class Turns(int repetitions, TextWriter progress)
{
    /// <summary>Where it says what it is about to measure.</summary>
    public TextWriter Progress => progress;

    /// <summary>Measures this program and, where there is one, the peer.</summary>
    /// <param name="what">What is measured, for whoever waits.</param>
    /// <param name="ours">Measures this program once.</param>
    /// <param name="peer">Measures the peer once; null: there is nothing to compare with.</param>
    public Comparison Compare(string what, Func<Figures> ours, Func<Figures>? peer = null)
    {
        var all = Take(what, peer is null ? [("ours", ours)] : [("ours", ours), ("peer", peer)]);
        return new Comparison(all[0], all.Count > 1 ? all[1] : null);
    }

    /// <summary>
    /// Measures programs in turn. One that fails, or that the machine lacks something for, is not tried again; if that is the first, there
    /// is nothing to compare the others with.
    /// </summary>
    public IReadOnlyList<Repeated> Take(string what, IReadOnlyList<(string Name, Func<Figures> Once)> programs)
    {
        var runs = programs.Select(_ => new List<Figures>()).ToList();
        var lacks = new MeasurementException?[programs.Count];
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            var order = Enumerable.Range(0, programs.Count);
            foreach (var i in repetition % 2 == 0 ? order : order.Reverse())
            {
                if (lacks[0] is not null || lacks[i] is not null) continue;
                progress.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{what}: {programs[i].Name}, {repetition + 1} of {repetitions}"));
                try
                {
                    runs[i].Add(programs[i].Once());
                }
                catch (MeasurementException lack)
                {
                    lacks[i] = lack;
                }
            }
        }

        return [.. runs.Select((figures, i) => lacks[i] is { } lack
            ? new Repeated([], lack.Message, lack is not NotHereException)
            : new Repeated(figures))];
    }
}
