using System.Globalization;
using System.Text;

namespace CACL.Configuration.Hocon;

/// <summary>Values back to text which reads as the same values, here and in Akka's own parser.</summary>
public static class HoconWriter
{
    /// <summary>A value on one line.</summary>
    public static string Inline(HoconValue value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>A key's element, quoted where it must be.</summary>
    public static string Key(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? key : Quote(key);

    /// <summary>A text as a value, quoted where it must be.</summary>
    public static string Text(string text) => NeedsQuotes(text) ? Quote(text) : text;

    private static void Write(StringBuilder text, HoconValue value)
    {
        switch (value)
        {
            case HoconScalar scalar:
                text.Append(scalar.IsNull ? "null" : Text(scalar.Text));
                break;
            case HoconArray array:
                text.Append('[');
                for (var i = 0; i < array.Items.Length; i++)
                {
                    if (i > 0) text.Append(", ");
                    Write(text, array.Items[i]);
                }

                text.Append(']');
                break;
            case HoconObject o:
                text.Append('{');
                for (var i = 0; i < o.Fields.Length; i++)
                {
                    text.Append(i > 0 ? ", " : " ").Append(Key(o.Fields[i].Key)).Append(" = ");
                    Write(text, o.Fields[i].Value);
                }

                text.Append(" }");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value));
        }
    }

    // Words that begin like `include` or read as null would change their meaning; the rest is a matter of reserved characters.
    private static bool NeedsQuotes(string text) =>
        text.Length == 0 || text is "null" or "include" || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
