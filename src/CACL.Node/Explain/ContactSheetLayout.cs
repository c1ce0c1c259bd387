using CACL.Node.Pictures;
using SkiaSharp;

namespace CACL.Node.Explain;

/// <summary>The layout of a contact sheet, in pixels: columns of rows; a row has two lines of text above four pictures.</summary>
/// <param name="samples">Number of rows.</param>
/// <param name="side">Side S of the views.</param>
internal sealed class ContactSheetLayout(int samples, int side)
{
    /// <summary>Rows per column; a batch with more has several columns.</summary>
    public const int RowsOfColumn = 32;

    /// <summary>Height from one line of small text to the next.</summary>
    public const int TextLine = 16;

    /// <summary>Baseline of the line that says what is recorded about the step.</summary>
    public const int Story = Sheet.Margin + Sheet.LineHeight + TextLine;

    /// <summary>Baseline of the line that explains the marks.</summary>
    public const int Legend = Story + TextLine + 2;

    /// <summary>Baseline of the columns' titles.</summary>
    public const int Titles = Legend + Sheet.LineHeight;

    private const int Gap = 6;
    private const int BelowText = 8;
    private const int BetweenRows = 14;

    // A view's side. A large batch is shown small, a tiny view enlarged so that it is visible.
    private readonly int _cell = samples > 2 * RowsOfColumn ? 96 : Math.Clamp(side, 128, 224);

    /// <summary>Number of columns.</summary>
    public int Columns => (samples + RowsOfColumn - 1) / RowsOfColumn;

    /// <summary>Width of the area for a whole frame, which has the shape of most videos.</summary>
    public int FrameWidth => _cell * 16 / 9;

    /// <summary>Width of a row.</summary>
    public int RowWidth => (2 * FrameWidth) + (2 * _cell) + (3 * Gap);

    /// <summary>Width of the sheet.</summary>
    public int Width => (2 * Sheet.Margin) + (Columns * RowWidth) + ((Columns - 1) * 2 * Sheet.Margin);

    /// <summary>Height of the sheet.</summary>
    public int Height => Top(Math.Min(samples, RowsOfColumn)) - BetweenRows + Sheet.Margin;

    /// <summary>Returns the upper left corner of a row's text.</summary>
    public (float X, float Y) Labels(int row) => (Left(row), Top(row % RowsOfColumn));

    /// <summary>Returns the area of one of a row's four pictures.</summary>
    public SKRect Place(int row, int picture)
    {
        var x = Left(row) + ((picture + 1) / 2 * (FrameWidth + Gap)) + (picture / 2 * (_cell + Gap));
        return SKRect.Create(x, Top(row % RowsOfColumn) + (2 * TextLine) + BelowText, picture % 2 == 0 ? FrameWidth : _cell, _cell);
    }

    private int Left(int row) => Sheet.Margin + (row / RowsOfColumn * (RowWidth + (2 * Sheet.Margin)));

    private int Top(int row) => Titles + 10 + (row * (_cell + (2 * TextLine) + BelowText + BetweenRows));
}
