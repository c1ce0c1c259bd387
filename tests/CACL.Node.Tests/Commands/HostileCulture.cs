using System.Globalization;

namespace CACL.Node.Tests.Commands;

/// <summary>
/// Sets a culture for this thread that writes numbers and dates as no file may: −1.234,5 with a minus sign of its own, and years of another
/// calendar. It needs no ICU.
/// </summary>
internal sealed class HostileCulture : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public HostileCulture()
    {
        var hostile = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        hostile.NumberFormat.NumberDecimalSeparator = ",";
        hostile.NumberFormat.NumberGroupSeparator = ".";
        hostile.NumberFormat.NegativeSign = "\u2212";
        hostile.DateTimeFormat.DateSeparator = "~";
        hostile.DateTimeFormat.TimeSeparator = "~";
        CultureInfo.CurrentCulture = hostile;
    }

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
