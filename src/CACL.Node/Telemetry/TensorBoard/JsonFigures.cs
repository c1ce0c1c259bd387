using System.Globalization;
using System.Text.Json.Nodes;

namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>Numbers out of a line of JSON.</summary>
internal static class JsonFigures
{
    /// <summary>
    /// The number of this name, null where there is none. Made from text a number is of no type yet, made in memory it has one: both are
    /// read.
    /// </summary>
    public static double? Number(this JsonObject line, string name) =>
        line[name] is JsonValue value
            && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
