using Spectre.Console;
using Spectre.Console.Rendering;

namespace CACL.Node.Display;

/// <summary>
/// A log line above the live display. It is written over the display's former first row, so the rest of that row is erased.
/// </summary>
internal sealed class LogLine(string text, Style style) : Renderable
{
    private const string EraseToEndOfRow = "\u001b[K";

    private readonly Text _text = new(text + "\n", style);

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        foreach (var segment in ((IRenderable)_text).Render(options, maxWidth))
        {
            if (segment.IsLineBreak) yield return Segment.Control(EraseToEndOfRow);
            yield return segment;
        }
    }
}
