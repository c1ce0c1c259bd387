using System.Globalization;

namespace CACL.Configuration.Hocon;

/// <summary>
/// Parses texts with units: durations (<c>30s</c>, <c>5 minutes</c>) and sizes (<c>256 MiB</c>); also the words for true and false.
/// </summary>
public static class HoconUnits
{
    /// <summary>Parses a duration; the unit is required.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!Split(text, Seconds, out var seconds) || Math.Abs(seconds) > TimeSpan.MaxValue.TotalSeconds / 2) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Parses a size in bytes; a plain number counts bytes.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        if (!Split(text, Bytes, out var value) || Math.Abs(value) > 1L << 60) return false;
        bytes = (long)Math.Round(value);
        return true;
    }

    /// <summary>Parses true, yes, on; false, no, off.</summary>
    public static bool TryBoolean(string text, out bool value)
    {
        value = text is "true" or "yes" or "on";
        return value || text is "false" or "no" or "off";
    }

    /// <summary>Returns the shortest text for a duration that reads back as the same one.</summary>
    public static string Render(TimeSpan duration)
    {
        var milliseconds = duration.TotalMilliseconds;
        var (value, unit) = milliseconds switch
        {
            0 => (0, "s"),
            _ when milliseconds % 3_600_000 == 0 => (milliseconds / 3_600_000, "h"),
            _ when milliseconds % 60_000 == 0 => (milliseconds / 60_000, "m"),
            _ when milliseconds % 1000 == 0 => (milliseconds / 1000, "s"),
            _ => (milliseconds, "ms"),
        };
        return value.ToString("R", CultureInfo.InvariantCulture) + unit;
    }

    private static double? Seconds(string unit) => unit switch
    {
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => 0.001,
        "s" or "second" or "seconds" => 1,
        "m" or "min" or "minute" or "minutes" => 60,
        "h" or "hour" or "hours" => 3600,
        "d" or "day" or "days" => 86400,
        _ => null,
    };

    private static double? Bytes(string unit) => unit switch
    {
        "" or "B" or "byte" or "bytes" => 1,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "k" or "K" or "KiB" => 1L << 10,
        "m" or "M" or "MiB" => 1L << 20,
        "g" or "G" or "GiB" => 1L << 30,
        "t" or "T" or "TiB" => 1L << 40,
        _ => null,
    };

    private static bool Split(string text, Func<string, double?> units, out double value)
    {
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        text = text.Trim();
        var end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1])) end--;
        value = 0;
        if (units(text[end..]) is not { } factor) return false;
        if (!double.TryParse(text.AsSpan(0, end).TrimEnd(), Plain, CultureInfo.InvariantCulture, out var number)) return false;
        value = number * factor;
        return true;
    }
}
