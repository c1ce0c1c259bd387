using System.Globalization;
using System.Text.Json;
using CACL.Learning.Weights.Import;
using CACL.Node.Ending;

namespace CACL.Node.Weights;

/// <summary>Handles <c>cacl import</c>: takes a backbone out of a foreign file, and reports it.</summary>
internal static class ImportHandler
{
    // Number of names shown for each reason; --json has all.
    private const int NamesShown = 3;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Imports a file, and says what was taken and what was left.</summary>
    public static int Run(string file, string output, string? prefix, bool overwrite, bool json, TextWriter screen)
    {
        var report = BackboneImport.Import(file, output, prefix, overwrite);
        if (json) screen.WriteLine(Object(report, output));
        else Tell(report, output, screen);
        return ExitCodes.Success;
    }

    private static void Tell(ImportReport report, string output, TextWriter screen)
    {
        var under = report.Prefix.Length == 0 ? "" : $", under '{report.Prefix}'";
        screen.WriteLine($"{report.File} ({report.Format}) holds a {report.Backbone}{under}.");
        screen.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Used: {report.Tensors} tensors, {report.Megabytes:0.0} MB of {report.Types}."));
        foreach (var left in report.Left)
        {
            var names = string.Join(", ", left.Names.Take(NamesShown));
            screen.WriteLine($"Left: {left.Names.Count}, {left.Why} ({names}{(left.Names.Count > NamesShown ? ", …" : "")}).");
        }

        screen.WriteLine($"Written: {output}. Start a training from it with --init-from {output}");
    }

    private static string Object(ImportReport report, string output) => JsonSerializer.Serialize(
        new
        {
            report.File,
            report.Format,
            Backbone = report.Backbone.ToString().ToLowerInvariant(),
            report.Prefix,
            Used = new { report.Tensors, report.Megabytes, report.Types },
            Left = report.Left.Select(l => new { l.Why, Tensors = l.Names.Count, l.Names }),
            Out = output,
        },
        Json);
}
