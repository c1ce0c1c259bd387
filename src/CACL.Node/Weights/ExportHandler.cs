using System.Globalization;
using CACL.Learning.Networks;
using CACL.Learning.Weights.Export;
using CACL.Node.Ending;

namespace CACL.Node.Weights;

/// <summary>Handles <c>cacl export</c>: writes a backbone for other programs, and reports it.</summary>
internal static class ExportHandler
{
    /// <summary>Exports a backbone, and says how to load it.</summary>
    public static int Run(string checkpoint, string output, bool momentumNetwork, bool withHeads, bool overwrite, TextWriter screen)
    {
        var report = BackboneExport.Export(checkpoint, output, momentumNetwork, withHeads, overwrite);
        var step = report.Step is { } done ? $" after step {done}" : "";
        var heads = report.Heads.Count == 0 ? "" : $" with heads {string.Join(", ", report.Heads.Select(head => head.Name))}";
        if (report.Instead is { } instead) screen.WriteLine(instead);
        screen.WriteLine($"{report.Source} holds a {report.Backbone}{step}.");
        screen.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Written: {output}, {report.Tensors} tensors{heads}, {report.Megabytes:0.0} MB."));
        screen.WriteLine($"The network it belongs to: {BackboneExport.Loading(report.Backbone)}.");
        if (report.Padding == Padding.Reflect)
            screen.WriteLine("It was trained with reflected borders: set padding_mode='reflect' on its 3x3 and 7x7 convolutions.");
        return ExitCodes.Success;
    }
}
