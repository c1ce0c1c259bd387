using System.Globalization;
using CACL.Data.Files;

namespace CACL.Node.Telemetry.TensorBoard;

/// <summary>
/// An event file for writing: each record is handed to the operating system as a whole, so that a killed process leaves at most the last
/// one truncated, which readers wait for or ignore.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string Mark = "tfevents";

    private readonly FileStream _stream;

    private EventFile(FileStream stream)
    {
        _stream = stream;
    }

    /// <summary>Path of the file.</summary>
    public string Path => _stream.Name;

    /// <summary>Creates a new file: TensorBoard reads those of a folder in the order of their names, which begin with the time.</summary>
    /// <param name="folder">The folder; created if it is missing.</param>
    /// <param name="now">The time.</param>
    public static EventFile Create(string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var stem = System.IO.Path.Combine(
            folder,
            string.Create(
                CultureInfo.InvariantCulture,
                $"events.out.{Mark}.{now.ToUnixTimeSeconds():D10}.{Environment.MachineName}.{Environment.ProcessId}"));
        var place = 0;
        // There was another start within the same second.
        while (File.Exists($"{stem}.{place}")) place++;
        var file = new EventFile(RegularFile.Open(
            $"{stem}.{place}", FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        try
        {
            file.Append(TensorBoardEvent.FileVersion(now));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Removes from a folder's files the events of steps after <paramref name="steps"/>, which are done again, and what a crash truncated.
    /// </summary>
    public static void Keep(string folder, long steps)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder, $"*{Mark}*").ToList()) KeepIn(path, steps);
    }

    /// <summary>Appends an event.</summary>
    /// <exception cref="IOException">The disk does not take it; the file is unchanged.</exception>
    public void Append(ReadOnlySpan<byte> payload)
    {
        var start = _stream.Position;
        try
        {
            _stream.Write(TfRecord.Frame(payload));
            _stream.Flush();
        }
        catch (IOException)
        {
            _stream.SetLength(start);
            _stream.Seek(start, SeekOrigin.Begin);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static void KeepIn(string path, long steps)
    {
        // While it is written, TensorBoard would not take its name for an event file's.
        using var rewritten = new AtomicFile(path);
        bool changed;
        using (var read = RegularFile.OpenRead(path))
        using (var write = RegularFile.Open(rewritten.TemporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            foreach (var payload in TfRecord.Payloads(read))
            {
                if (TensorBoardEvent.StepOf(payload) <= steps) write.Write(TfRecord.Frame(payload));
            }

            changed = write.Length != read.Length;
            if (changed) FileSync.Content(write);
        }

        if (changed) rewritten.Commit(durable: true);
    }
}
