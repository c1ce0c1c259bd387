namespace CACL.Data.Files;

/// <summary>
/// A name leads to a pipe, a socket, a device or a folder where a file is needed. The message is a sentence that says so. It is an <see
/// cref="IOException"/>, so that those who report why a file cannot be read report this, too.
/// </summary>
public sealed class NotARegularFileException : IOException
{
    /// <summary>Creates the exception for <paramref name="path"/>.</summary>
    public NotARegularFileException(string path, FileKind kind)
        : base($"{path} is {Words(kind)}, not a regular file.")
    {
        Path = path;
        Kind = kind;
    }

    /// <summary>The name.</summary>
    public string Path { get; }

    /// <summary>What it leads to.</summary>
    public FileKind Kind { get; }

    /// <summary>Returns a kind with its article, for messages.</summary>
    public static string Words(FileKind kind) => kind switch
    {
        FileKind.Regular => "a file",
        FileKind.Folder => "a folder",
        FileKind.Pipe => "a pipe",
        FileKind.Socket => "a socket",
        FileKind.Device => "a device",
        _ => "something else",
    };
}
