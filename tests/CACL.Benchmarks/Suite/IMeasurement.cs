namespace CACL.Benchmarks.Suite;

/// <summary>A group of rows that are measured together.</summary>
internal interface IMeasurement
{
    /// <summary>Its name, for --only.</summary>
    string Name { get; }

    /// <summary>What it measures, in a few words.</summary>
    string Does { get; }

    /// <summary>Measures, and returns each row as soon as it is known.</summary>
    IEnumerable<Row> Rows(Workbench bench);
}
