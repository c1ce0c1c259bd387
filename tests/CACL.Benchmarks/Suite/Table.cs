using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CACL.Benchmarks.Suite;

/// <summary>Writes rows as a table in Markdown, and as JSON.</summary>
internal static class Table
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the table.</summary>
    public static void Write(IEnumerable<Row> rows, TextWriter to)
    {
        to.WriteLine("| what | ours | peer | ratio |");
        to.WriteLine("|---|---|---|---|");
        foreach (var row in rows) to.WriteLine(Line(row));
    }

    /// <summary>Returns a row as a line of the table.</summary>
    public static string Line(Row row)
    {
        var last = (Ratio(row), row.Note) switch
        {
            ({ } ratio, null) => ratio,
            ({ } ratio, { } note) => $"{ratio}; {note}",
            (null, { } note) => row.Failed ? $"failed: {note}" : note,
            _ => "–",
        };
        return $"| {row.What} | {Figure(row.OursMedian, row.Unit)} | {Figure(row.PeerMedian, row.Unit)} | {last.Replace('|', '/')} |";
    }

    /// <summary>Returns everything as JSON: medians, ratios, and the figures of each repetition.</summary>
    public static string Json(JsonObject machine, IEnumerable<Row> rows) => new JsonObject
    {
        ["machine"] = machine.DeepClone(),
        ["rows"] = new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["group"] = row.Group,
            ["what"] = row.What,
            ["unit"] = row.Unit,
            ["kind"] = row.Kind.ToString().ToLowerInvariant(),
            ["ours"] = row.OursMedian,
            ["peer"] = row.PeerMedian,
            ["ratio"] = row.Ratio,
            ["ours_runs"] = Array(row.Ours),
            ["peer_runs"] = Array(row.Peer),
            ["failed"] = row.Failed,
            ["note"] = row.Note,
        })]),
    }.ToJsonString(Readable);

    private static JsonArray Array(IEnumerable<double> numbers) => [.. numbers.Select(number => JsonValue.Create(number))];

    private static string? Ratio(Row row) => row.Ratio is not { } ratio
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}× {(row.Kind == FigureKind.Amount ? "as much" : "as fast")}");

    private static string Figure(double? number, string unit) => number is not { } value ? "–" : $"{Number(value)} {unit}".TrimEnd();

    // Three or four digits, whatever the size.
    private static string Number(double value) => value.ToString(
        Math.Abs(value) switch
        {
            >= 100 => "#,0",
            >= 10 => "0.0",
            >= 1 => "0.00",
            >= 0.1 => "0.000",
            _ => "0.0000",
        },
        CultureInfo.InvariantCulture);
}
