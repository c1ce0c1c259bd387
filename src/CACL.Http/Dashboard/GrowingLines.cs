using System.Text;
using CACL.Data.Files;

namespace CACL.Http.Dashboard;

/// <summary>What is added to a file of lines from now on.</summary>
internal sealed class GrowingLines
{
    private const int MostBytes = 1 << 20;
    private readonly string _path;
    private long _read;

    /// <summary>From the present end of the file on, which need not be there yet.</summary>
    public GrowingLines(string path)
    {
        _path = path;
        _read = Length();
    }

    /// <summary>The whole lines added since the last call, a megabyte at most; the rest the next time.</summary>
    public IReadOnlyList<string> ReadNew()
    {
        try
        {
            var length = Length();
            // Cut by a resumed run: what it holds is not new.
            if (length < _read) _read = length;
            if (length == _read) return [];
            using var file = RegularFile.OpenRead(_path, bufferSize: 0);
            file.Seek(_read, SeekOrigin.Begin);
            var bytes = new byte[Math.Min(MostBytes, length - _read)];
            var held = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var whole = bytes.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
            // A line that does not fit is passed over.
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
