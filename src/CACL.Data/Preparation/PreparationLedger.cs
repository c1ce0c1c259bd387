using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Data.Preparation;

/// <summary>One prepared file according to its folder.</summary>
/// <param name="File">Path relative to the folder.</param>
/// <param name="Source">Absolute path of the source when it was made.</param>
/// <param name="SourceSize">Bytes of the source.</param>
/// <param name="SourceModified">Modification time of the source, in ticks of <see cref="DateTime"/> in UTC.</param>
/// <param name="SourceSha256">SHA-256 of the source, in hexadecimal digits.</param>
/// <param name="Format">How it was made, in words.</param>
/// <param name="Frames">Number of frames, the source's and its own.</param>
/// <param name="Size">Bytes of the prepared file.</param>
/// <param name="Modified">Modification time of the prepared file.</param>
internal sealed record LedgerLine(
    string File, string Source, long SourceSize, long SourceModified, string SourceSha256, string Format, int Frames, long Size,
    long Modified);

/// <summary>
/// The record that a folder of prepared files keeps of them, prepared.jsonl: a line for each, written after the file has its name; of two
/// lines for one file the later counts. A file without a line, or that differs from it, is made again. Locks the folder. Thread-safe.
/// </summary>
internal sealed class PreparationLedger : IDisposable
{
    internal const string Name = "prepared.jsonl";

    private const string LockName = ".lock";

    private static readonly JsonSerializerOptions Format = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, no page: names stay readable
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LedgerLine> _lines = new(StringComparer.Ordinal);
    private readonly FileStream _lock;
    private readonly FileStream _file;

    private PreparationLedger(FileStream held, string path)
    {
        _lock = held;
        try
        {
            _file = RegularFile.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            foreach (var line in RegularFile.ReadLines(path)) Read(line);
            if (_file.Length > 0)
            {
                _file.Seek(-1, SeekOrigin.End);
                // A kill may have cut the last line short; the next one must not continue it.
                if (_file.ReadByte() != '\n') _file.WriteByte((byte)'\n');
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>All lines that count.</summary>
    internal IReadOnlyCollection<LedgerLine> Lines => _lines.Values;

    /// <summary>Opens the record of a folder, which must exist, and locks the folder until disposed.</summary>
    /// <exception cref="PreparationException">Another process has locked it, or it cannot be written.</exception>
    internal static PreparationLedger Open(string folder)
    {
        FileStream held;
        try
        {
            held = RegularFile.Open(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not NotARegularFileException)
        {
            throw new PreparationException(
                $"The folder {folder} is in use: another process prepares videos into it. Wait until it is done. ({error.Message})", error);
        }

        return new PreparationLedger(held, Path.Combine(folder, Name));
    }

    /// <summary>Returns the line of a prepared file, or null.</summary>
    /// <param name="file">Path relative to the folder.</param>
    internal LedgerLine? Find(string file)
    {
        lock (_gate) return _lines.GetValueOrDefault(file);
    }

    /// <summary>Adds a line and hands it to the operating system.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Add(LedgerLine line)
    {
        lock (_gate)
        {
            _file.Seek(0, SeekOrigin.End);
            _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Format) + "\n"));
            _lines[line.File] = line;
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
    }

    private void Read(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize<LedgerLine>(line, Format) is { } read) _lines[read.File] = read;
        }
        catch (JsonException)
        {
            // A kill cut it short: its file is made again.
        }
    }
}
