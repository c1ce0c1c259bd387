using CACL.Data.Files;

namespace CACL.Benchmarks.Suite;

/// <summary>Takes all measurements and writes the table.</summary>
internal static class BenchSuite
{
    /// <summary>The measurements, in the order of the table. A new one takes a file and a line here.</summary>
    public static IReadOnlyList<IMeasurement> Measurements { get; } =
    [
        new DecodeMeasurement(), new AugmentationMeasurement(), new StepMeasurement(), new CallsMeasurement(), new RunMeasurement(),
        new SnapshotMeasurement(), new StartMeasurement(), new CatalogMeasurement(), new CheckpointMeasurement(),
    ];

    /// <summary>Measures, writes the table, and returns the exit code: 1 if a program failed.</summary>
    /// <param name="settings">What is to be measured.</param>
    /// <param name="programs">This program.</param>
    /// <param name="output">Receives machine and table.</param>
    /// <param name="progress">Receives what is being measured, and each row once it is known.</param>
    /// <param name="stop">Ends everything.</param>
    public static int Run(
        SuiteSettings settings, OwnPrograms programs, TextWriter output, TextWriter progress, CancellationToken stop)
    {
        var scratch = Directory.CreateTempSubdirectory("cacl-bench-").FullName;
        try
        {
            var bench = new Workbench(
                settings, programs, Peer.Find(settings, stop), new Turns(settings.Pairs, progress), scratch, stop);
            var machine = Machine.Describe(bench);
            Machine.Write(machine, output);
            if (Machine.Warning(machine) is { } warning) output.WriteLine(warning);
            var rows = new List<Row>();
            var wanted = Measurements.Where(m => settings.Only.Count == 0 || settings.Only.Contains(m.Name));
            foreach (var row in wanted.SelectMany(m => Rows(m, bench)))
            {
                progress.WriteLine(Table.Line(row));
                rows.Add(row);
                // a long measurement that is cut off leaves what it had
                if (settings.Json is { } file) AtomicFile.WriteText(file, Table.Json(machine, rows) + "\n");
            }

            output.WriteLine();
            Table.Write(rows, output);
            return rows.Any(row => row.Failed) ? 1 : 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    // What several rows need may be missing, too, such as ffmpeg for the clips.
    private static IEnumerable<Row> Rows(IMeasurement measurement, Workbench bench)
    {
        using var rows = measurement.Rows(bench).GetEnumerator();
        for (; ; )
        {
            Row? lacking = null;
            try
            {
                if (!rows.MoveNext()) yield break;
            }
            catch (MeasurementException lack)
            {
                lacking = new Row(measurement.Name, measurement.Name, "", FigureKind.Amount)
                {
                    Note = lack.Message,
                    Failed = lack is not NotHereException,
                };
            }

            yield return lacking ?? rows.Current;
            if (lacking is not null) yield break;
        }
    }
}
