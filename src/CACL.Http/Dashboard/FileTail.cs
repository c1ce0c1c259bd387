using System.Text;
using CACL.Data.Files;

namespace CACL.Http.Dashboard;

/// <summary>Reads the lines that are added to a file from now on.</summary>
internal sealed class FileTail
{
    private const int MostBytes = 1 << 20;
    private readonly string _path;
    private long _read;

    /// <summary>Starts at the present end of the file, which need not exist yet.</summary>
    public FileTail(string path)
    {
        _path = path;
        _read = Length();
    }

    /// <summary>Returns the whole lines added since the last call, a megabyte at most; the next call returns the rest.</summary>
    public IReadOnlyList<string> ReadNew()
    {
        try
        {
            var length = Length();
            // A resumed run has cut the file: what it holds is not new.
            if (length < _read) _read = length;
            if (length == _read) return [];
            using var file = RegularFile.OpenRead(_path, bufferSize: 0);
            file.Seek(_read, SeekOrigin.Begin);
            var bytes = new byte[Math.Min(MostBytes, length - _read)];
            var held = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var whole = bytes.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
            // A line of more than a megabyte is skipped.
            _read += whole == 0 && held == MostBytes ? held : whole;
            return Encoding.UTF8.GetString(bytes, 0, whole)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private long Length() => new FileInfo(_path) is { Exists: true } file ? file.Length : 0;
}
