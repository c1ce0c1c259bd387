using System.Text;
using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Runs.Folder;

/// <summary>
/// A JSON Lines file, written line by line. A line is in the file completely or, after a crash or a power failure, is cut off at the next
/// start.
/// </summary>
public sealed class JsonLinesFile : IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Opens or creates the file, and removes what follows its last complete line.</summary>
    public JsonLinesFile(string path)
    {
        Path = path;
        _stream = RegularFile.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var end = EndOfLastWholeLine(_stream);
        if (end < _stream.Length) _stream.SetLength(end);
        _stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Appends one line and hands it to the operating system.</summary>
    public void Append(string line) => Append([line], toDisk: false);

    /// <summary>Appends lines, all or none, and flushes them to the disk, and with the first ones the file's name.</summary>
    public void AppendToDisk(IEnumerable<string> lines) => Append(lines, toDisk: true);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>
    /// Copies the complete lines for which <paramref name="keep"/> holds to another file, which is left unfinished if the disk does not
    /// take them.
    /// </summary>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public static void CopyKept(string path, Stream copy, Func<JsonElement, bool> keep)
    {
        using var writer = new StreamWriter(copy, leaveOpen: true) { NewLine = "\n" };
        foreach (var line in RegularFile.ReadLines(path))
        {
            if (TryParse(line) is { } parsed && keep(parsed)) writer.WriteLine(line);
        }
    }

    /// <summary>Returns the complete lines of a file.</summary>
    public static IEnumerable<JsonElement> Read(string path) =>
        RegularFile.ReadLines(path).Select(TryParse).Where(line => line is not null).Select(line => line!.Value);

    private void Append(IEnumerable<string> lines, bool toDisk)
    {
        var start = _stream.Position;
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
            if (toDisk) FileSync.Content(_stream);
            // Its name may be new: an attempt that failed has left it empty, too.
            if (toDisk && start == 0) FileSync.Folder(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (IOException)
        {
            _stream.SetLength(start);
            _stream.Seek(start, SeekOrigin.Begin);
            throw;
        }
    }

    private static JsonElement? TryParse(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement;
        }
        catch (JsonException)
        {
            return null; // a line truncated by a crash
        }
    }

    // A power failure may leave zeros where the disk had not taken the data yet: no line goes on behind them.
    private static long EndOfLastWholeLine(FileStream stream)
    {
        var (buffer, at, end) = (new byte[1 << 16], 0L, 0L);
        stream.Seek(0, SeekOrigin.Begin);
        while (stream.Read(buffer) is > 0 and var count)
        {
            var read = buffer.AsSpan(0, count);
            var zero = read.IndexOf((byte)0);
            if (zero >= 0) read = read[..zero];
            if (read.LastIndexOf((byte)'\n') is >= 0 and var last) end = at + last + 1;
            if (zero >= 0) break;
            at += count;
        }

        return end;
    }
}
