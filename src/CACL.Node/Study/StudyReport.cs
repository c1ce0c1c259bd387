namespace CACL.Node.Study;

/// <summary>Everything that is known about a study at some moment.</summary>
internal sealed record StudyReport
{
    public required StudyPlan Plan { get; init; }

    /// <summary>The command line.</summary>
    public required string Command { get; init; }

    /// <summary>The machine and the versions, one per line.</summary>
    public required IReadOnlyList<string> Machine { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Every finished evaluation.</summary>
    public required IReadOnlyList<StudyValue> Values { get; init; }

    /// <summary>The finished trainings.</summary>
    public required IReadOnlyList<(StudyTraining Training, FinishedTraining Finished)> Trainings { get; init; }

    /// <summary>The failures, a sentence for each.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Resamples the rows' scores; null: no intervals are wanted.</summary>
    public StudyConfidence? Confidence { get; init; }

    /// <summary>Whether all evaluations are done, as far as they are known.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>A table for each data set.</summary>
    public IReadOnlyList<StudyTable> Tables => [.. Plan.DataSets.Select(d => StudyTable.Of(d, Values))];

    /// <summary>Writes the table, the values and the plots.</summary>
    public void Write(StudyFolder folder)
    {
        var tables = Tables;
        StudyFolder.Write(folder.Csv, StudyCsv.Render(Values));
        var plots = new Dictionary<StudyDataSet, string>();
        foreach (var table in tables.Where(t => t.Values.Any(v => v.Result.Miou is not null)))
        {
            var file = folder.Plot(tables.Count == 1 ? null : table.DataSet);
            StudyPlot.Save(Plan, table, file);
            plots[table.DataSet] = Path.GetFileName(file);
        }

        StudyFolder.Write(folder.Markdown, new StudyMarkdown(this, plots).Render());
    }
}
