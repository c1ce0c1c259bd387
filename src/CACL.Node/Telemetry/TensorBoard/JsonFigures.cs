using System.Globalization;
using System.Text.Json.Nodes;

namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>Reads numbers from a line of JSON.</summary>
internal static class JsonFigures
{
    /// <summary>
    /// Returns the number with this name, or null if there is none. A number parsed from text has no type yet, one created in memory has:
    /// both are read.
    /// </summary>
    public static double? Number(this JsonObject line, string name) =>
        line[name] is JsonValue value
            && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
