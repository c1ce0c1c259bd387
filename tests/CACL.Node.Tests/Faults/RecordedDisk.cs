namespace CACL.Node.Tests.Faults;

/// <summary>A file, a folder or a link, whatever its names: what a file system calls an inode.</summary>
internal sealed class DiskNode(int number, bool isFolder, string? link)
{
    public int Number { get; } = number;

    public bool IsFolder { get; } = isFolder;

    /// <summary>Where a link leads; null: it is none.</summary>
    public string? Link { get; } = link;

    /// <summary>The names in a folder as the program sees them.</summary>
    public Dictionary<string, DiskNode> Names { get; } = [];

    /// <summary>The file with the same content that the test keeps, for data that was not recorded; null: all was.</summary>
    public string? Kept { get; set; }

    /// <summary>What happened to it, in order: indexes of the disk's operations.</summary>
    public List<int> Operations { get; } = [];
}

/// <summary>Something that happened to a node.</summary>
/// <param name="When">The line of the recording at which it was done; of a sync, the line at which it began.</param>
/// <param name="Node">The node.</param>
internal abstract record DiskOperation(int When, DiskNode Node);

/// <summary>Bytes were written; their values are in the kept file if <paramref name="Bytes"/> is null.</summary>
internal sealed record DataWritten(int When, DiskNode Node, long Offset, long Length, byte[]? Bytes) : DiskOperation(When, Node);

/// <summary>A file got another length.</summary>
internal sealed record LengthSet(int When, DiskNode Node, long Length) : DiskOperation(When, Node);

/// <summary>Names of a folder changed together: null removes a name.</summary>
internal sealed record NamesChanged(int When, DiskNode Node, IReadOnlyList<(string Name, DiskNode? Now)> Changes)
    : DiskOperation(When, Node);

/// <summary>Everything that had happened to a node when this began is on the disk from here on.</summary>
internal sealed record Synced(int When, DiskNode Node) : DiskOperation(When, Node);

/// <summary>What a program did to the files below a folder, in order, read from strace's output.</summary>
internal sealed class RecordedDisk
{
    // System calls that change files and that the recording does not follow: the program makes none of them.
    private static readonly string[] Unfollowed =
    [
        "write", "writev", "pwritev", "pwritev2", "open", "creat", "openat2", "truncate", "fallocate", "copy_file_range", "sendfile",
        "splice", "renameat", "unlinkat", "mkdirat", "mknod", "mknodat", "linkat", "symlinkat",
    ];

    /// <summary>System calls that change files or wait for the disk.</summary>
    public static readonly string[] Calls =
    [
        .. Unfollowed, "openat", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "unlink", "rmdir", "mkdir", "ftruncate", "link",
        "symlink",
    ];

    private readonly string _root;
    private readonly List<DiskOperation> _operations = [];
    private readonly Func<string, string?> _kept;
    private readonly List<int> _ends = [];
    private int _nodes;
    private int _lines;

    private RecordedDisk(string root, Func<string, string?> kept)
    {
        _root = root;
        _kept = kept;
        Root = Node(isFolder: true, null);
    }

    /// <summary>The folder, empty at the beginning.</summary>
    public DiskNode Root { get; }

    public IReadOnlyList<DiskOperation> Operations => _operations;

    /// <summary>How many operations had happened when each program had ended.</summary>
    public IReadOnlyList<int> Ends => _ends;

    /// <summary>The run's log.</summary>
    public DiskNode? Log => Find("run/train.log");

    /// <summary>Reads a recording.</summary>
    /// <param name="logs">strace's output, of one program after another.</param>
    /// <param name="root">The folder.</param>
    /// <param name="kept">Returns for a path below the folder, relative, a copy of the file that had it; null: there is none.</param>
    public static RecordedDisk Read(IEnumerable<string> logs, string root, Func<string, string?> kept)
    {
        var disk = new RecordedDisk(root, kept);
        foreach (var log in logs)
        {
            var lines = 0;
            foreach (var call in SystemCall.Read(log))
            {
                disk.Add(call);
                lines = call.End;
            }

            disk._lines += lines;
            disk._ends.Add(disk._operations.Count);
        }

        return disk;
    }

    private void Add(SystemCall call)
    {
        var (arguments, at) = (call.Arguments, _lines + call.End);
        switch (call.Name)
        {
            case "openat" when arguments[2].Text.Contains("O_CREAT", StringComparison.Ordinal) && Below(arguments[1].Text) is { } path:
                if (Find(path) is not { } there) Change(at, path, Node(isFolder: false, null));
                else if (arguments[2].Text.Contains("O_TRUNC", StringComparison.Ordinal)) Add(new LengthSet(at, there, 0));
                break;
            case "pwrite64" when Open(arguments[0]) is { } node:
                var length = call.Result.Number;
                var bytes = arguments[1].IsCut ? null : arguments[1].Bytes![..(int)length];
                Add(new DataWritten(at, node, arguments[3].Number, length, bytes));
                break;
            case "ftruncate" when Open(arguments[0]) is { } node:
                Add(new LengthSet(at, node, arguments[1].Number));
                break;
            case "fsync" or "fdatasync" when Open(arguments[0]) is { } node:
                Add(new Synced(_lines + call.Start, node));
                break;
            case "mkdir" when Below(arguments[0].Text) is { Length: > 0 } path:
                Change(at, path, Node(isFolder: true, null));
                break;
            case "symlink" when Below(arguments[1].Text) is { } path:
                Change(at, path, Node(isFolder: false, arguments[0].Text));
                break;
            case "link" when Below(arguments[1].Text) is { } path:
                Change(at, path, Find(Below(arguments[0].Text)!));
                break;
            case "unlink" or "rmdir" when Below(arguments[0].Text) is { } path:
                Change(at, path, null);
                break;
            case "rename" when Below(arguments[0].Text) is { } from:
                Rename(at, from, Below(arguments[1].Text)!, exchange: false);
                break;
            case "renameat2" when Below(arguments[1].Text) is { } from:
                Rename(at, from, Below(arguments[3].Text)!, arguments[4].Text.Contains("EXCHANGE", StringComparison.Ordinal));
                break;
            case var name when Unfollowed.Contains(name) && arguments.FirstOrDefault(a => Below(a.Text) is not null) is { } argument:
                throw new InvalidOperationException($"The recording does not follow {name} of {argument.Text}.");
        }
    }

    private void Rename(int at, string from, string to, bool exchange)
    {
        var (folder, name) = Place(from);
        var (other, last) = Place(to);
        var (moved, replaced) = (folder.Names[name], other.Names.GetValueOrDefault(last));
        if (folder != other) throw new InvalidOperationException($"{from} moves to another folder, {to}: no order is known for that.");
        Add(new NamesChanged(at, folder, [(name, exchange ? replaced : null), (last, moved)]));
        foreach (var (file, node) in moved.Names) node.Kept ??= _kept($"{to}/{file}");
    }

    private void Change(int at, string path, DiskNode? node)
    {
        var (folder, name) = Place(path);
        Add(new NamesChanged(at, folder, [(name, node)]));
    }

    private void Add(DiskOperation operation)
    {
        if (operation is NamesChanged names)
        {
            foreach (var (name, now) in names.Changes)
            {
                if (now is null) names.Node.Names.Remove(name);
                else names.Node.Names[name] = now;
            }
        }

        operation.Node.Operations.Add(_operations.Count);
        _operations.Add(operation);
    }

    private DiskNode Node(bool isFolder, string? link) => new(_nodes++, isFolder, link);

    private DiskNode? Open(CallArgument descriptor) => Below(descriptor.Text) is { } path ? Find(path) : null;

    private string? Below(string path) =>
        path == _root ? "" : path.StartsWith(_root + "/", StringComparison.Ordinal) ? path[(_root.Length + 1)..] : null;

    private (DiskNode Folder, string Name) Place(string path)
    {
        var slash = path.LastIndexOf('/');
        return (Find(slash < 0 ? "" : path[..slash])!, path[(slash + 1)..]);
    }

    private DiskNode? Find(string path)
    {
        var node = Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node?.Names.GetValueOrDefault(name) is not { } next) return null;
            node = next;
        }

        return node;
    }
}
