using System.Globalization;
using System.Text;

namespace CACL.Node.Tests.Faults;

/// <summary>An argument of a system call, as strace writes it with -y -xx.</summary>
/// <param name="Text">The text: a number or flags, a path, or the path to which a descriptor leads.</param>
/// <param name="Bytes">The bytes of a string; null: it is none.</param>
/// <param name="IsCut">Whether strace left out the rest of the string.</param>
internal sealed record CallArgument(string Text, byte[]? Bytes = null, bool IsCut = false)
{
    public long Number => long.Parse(Text, CultureInfo.InvariantCulture);
}

/// <summary>A system call that succeeded.</summary>
/// <param name="Start">The number of the line at which it began.</param>
/// <param name="End">The number of the line at which it returned; the calls are in this order.</param>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Result">What it returned: a number, or the path of a new descriptor.</param>
internal sealed record SystemCall(int Start, int End, string Name, IReadOnlyList<CallArgument> Arguments, CallArgument Result)
{
    private const string Unfinished = " <unfinished ...>";
    private const string Resumed = " resumed>";

    /// <summary>What strace must be told for <see cref="Read"/>.</summary>
    public static string[] Options(params IEnumerable<string> calls) =>
        ["--seccomp-bpf", "-xx", "-s", "16384", "-e", $"trace={string.Join(',', calls)}"];

    /// <summary>Reads strace's output.</summary>
    public static IEnumerable<SystemCall> Read(string file)
    {
        var begun = new Dictionary<string, (int Start, string Text)>();
        var number = 0;
        foreach (var line in WholeLines(file))
        {
            number++;
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (thread, text) = (line[..space], line[space..].TrimStart());
            if (text.StartsWith("+++", StringComparison.Ordinal) || text.StartsWith("---", StringComparison.Ordinal)) continue;
            var start = number;
            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                begun[thread] = (number, text[..^Unfinished.Length]);
                continue;
            }

            if (text.StartsWith("<... ", StringComparison.Ordinal))
            {
                if (!begun.Remove(thread, out var first)) continue;
                (start, text) = (first.Start, first.Text + text[(text.IndexOf(Resumed, StringComparison.Ordinal) + Resumed.Length)..]);
            }

            if (Parse(start, number, text) is { } call) yield return call;
        }
    }

    // strace that is killed together with the program leaves the line that it was writing.
    private static IEnumerable<string> WholeLines(string file) =>
        EndsWithANewLine(file) ? File.ReadLines(file) : File.ReadLines(file).SkipLast(1);

    private static bool EndsWithANewLine(string file)
    {
        using var stream = File.OpenRead(file);
        if (stream.Length == 0) return false;
        stream.Position = stream.Length - 1;
        return stream.ReadByte() == '\n';
    }

    private static SystemCall? Parse(int start, int end, string text)
    {
        var at = text.IndexOf('(', StringComparison.Ordinal);
        var name = text[..at++];
        var arguments = new List<CallArgument>();
        while (text[at] != ')')
        {
            if (text[at] is ',' or ' ') at++;
            else arguments.Add(Argument(text, ref at));
        }

        var equals = text.IndexOf("= ", at, StringComparison.Ordinal) + 2;
        if (equals < 2 || text[equals] is '-' or '?') return null;
        return new SystemCall(start, end, name, arguments, Argument(text, ref equals));
    }

    private static CallArgument Argument(string text, ref int at)
    {
        if (text[at] == '"')
        {
            var end = text.IndexOf('"', at + 1);
            var bytes = Bytes(text.AsSpan(at + 1, end - at - 1));
            at = end + 1;
            var isCut = text.AsSpan(at).StartsWith("...");
            if (isCut) at += 3;
            return new CallArgument(Encoding.UTF8.GetString(bytes), bytes, isCut);
        }

        var begin = at;
        while (at < text.Length && text[at] is not (',' or ')' or ' ' or '<')) at++;
        if (at == text.Length || text[at] != '<') return new CallArgument(text[begin..at]);
        var close = text.IndexOf('>', at);
        var path = Encoding.UTF8.GetString(Bytes(text.AsSpan(at + 1, close - at - 1)));
        at = close + 1;
        if (text.AsSpan(at).StartsWith("(deleted)")) at += "(deleted)".Length;
        return new CallArgument(path);
    }

    // \x2f\x74 and so on; what strace does not write in this way, such as the numbers of pipes, is of no interest here.
    private static byte[] Bytes(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 != 0 || !text.StartsWith("\\x")) return Encoding.UTF8.GetBytes(text.ToString());
        var bytes = new byte[text.Length / 4];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = byte.Parse(text.Slice((4 * i) + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return bytes;
    }
}
