using System.Globalization;

namespace CACL.Data.Wording;

/// <summary>Words a number of bytes.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB"];

    /// <summary>Returns a text of two or three digits, such as <c>38.6 MB</c> or <c>182 GB</c>: in thousands, not in 1024s.</summary>
    public static string Of(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 999.5 && unit < Units.Length - 1; unit++) size /= 1000;
        return size.ToString(unit == 0 || size >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
