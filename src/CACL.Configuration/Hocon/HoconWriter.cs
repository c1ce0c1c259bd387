using System.Globalization;
using System.Text;

namespace CACL.Configuration.Hocon;

/// <summary>Writes values as text that reads back as the same values, here and in Akka's own parser.</summary>
public static class HoconWriter
{
    /// <summary>Returns a value on one line.</summary>
    public static string Inline(HoconValue value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>Returns an element of a key, quoted where necessary.</summary>
    public static string Key(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? key : Quote(key);

    /// <summary>Returns a text as a value, quoted where necessary.</summary>
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

    // Words that begin like `include` or read as null would change their meaning; the rest depends on reserved characters.
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
