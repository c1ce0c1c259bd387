using CACL.Testing;

namespace CACL.Fuzz.Tests.Targets;

/// <summary>A target that reads files: each input is written to one first.</summary>
internal abstract class FileTarget(string extension) : IFuzzTarget
{
    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Words { get; }

    /// <inheritdoc/>
    public virtual byte[] Mend(byte[] input) => input;

    /// <inheritdoc/>
    public bool Read(byte[] input)
    {
        var path = _folder.File("input" + extension);
        File.WriteAllBytes(path, input);
        var accepted = Read(path);
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
        return accepted;
    }

    /// <inheritdoc/>
    public virtual void Dispose() => _folder.Dispose();

    /// <summary>Reads the file.</summary>
    protected abstract bool Read(string path);
}
