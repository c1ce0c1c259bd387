using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace CACL.Node.Tests.Faults;

/// <summary>What survives of what the disk had not taken when the power was cut.</summary>
internal enum Survival
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Everything, as after a kill.</summary>
    Everything,

    /// <summary>Of each folder the first changes, of each file the first bytes.</summary>
    Beginnings,

    /// <summary>Any changes of any folder, any blocks of any file; where blocks are missing, there are zeros.</summary>
    Anything,
}

/// <summary>
/// The files that a power cut leaves. What was synced is there; of the rest, what a file system may keep: the standard promises no order
/// between files and folders, nor between two of either.
/// </summary>
/// <param name="disk">What happened before.</param>
/// <param name="at">Number of operations before the cut.</param>
/// <param name="survival">What survives.</param>
/// <param name="random">Chooses.</param>
internal sealed partial class PowerCut(RecordedDisk disk, int at, Survival survival, Random random)
{
    private const int Block = 4096;

    private readonly Dictionary<DiskNode, string> _made = [];

    /// <summary>Says what each file below <c>checkpoints</c> is, so that equal ones are read once.</summary>
    public StringBuilder Checkpoints { get; } = new();

    /// <summary>Writes the files below a folder, which is empty.</summary>
    public void WriteTo(string folder) => Write(disk.Root, folder, "");

    private void Write(DiskNode node, string path, string relative)
    {
        Directory.CreateDirectory(path);
        foreach (var (name, child) in Names(node).OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            var (target, inside) = (Path.Combine(path, name), $"{relative}/{name}");
            if (child.IsFolder)
            {
                Write(child, target, inside);
                continue;
            }

            if (child.Link is { } link)
            {
                File.CreateSymbolicLink(target, link);
                Checkpoints.Append(CultureInfo.InvariantCulture, $"{inside}->{link};");
            }
            else if (!_made.TryAdd(child, target)) _ = Link(_made[child], target); // two names of one file
            else if (IsOfCheckpoints(inside)) Checkpoints.Append(inside).Append(WriteFile(child, target));
            else WriteFile(child, target);
        }

        if (IsOfCheckpoints(relative)) Checkpoints.Append(relative).Append(';');
    }

    private static bool IsOfCheckpoints(string path) => path.StartsWith("/run/checkpoints", StringComparison.Ordinal);

    private Dictionary<string, DiskNode> Names(DiskNode folder)
    {
        var names = new Dictionary<string, DiskNode>();
        foreach (var change in Surviving(folder).Cast<NamesChanged>().SelectMany(change => change.Changes))
        {
            if (change.Now is null) names.Remove(change.Name);
            else names[change.Name] = change.Now;
        }

        return names;
    }

    private string WriteFile(DiskNode node, string target)
    {
        var operations = Surviving(node).ToList();
        var whole = node.Operations.Select(o => disk.Operations[o]).Where(operation => operation is not Synced);
        var isWhole = operations.SequenceEqual(whole, ReferenceEqualityComparer.Instance);
        var description = string.Create(CultureInfo.InvariantCulture, $"={node.Number}:{(isWhole ? "whole" : Description(operations))};");
        if (isWhole && node.Kept is { } kept && Link(kept, target) == 0) return description;
        using var file = new FileStream(target, FileMode.CreateNew, FileAccess.ReadWrite);
        FileStream? source = null;
        foreach (var operation in operations)
        {
            if (operation is LengthSet length) file.SetLength(length.Length);
            if (operation is not DataWritten written) continue;
            file.SetLength(Math.Max(file.Length, written.Offset + written.Length));
            // What is under a hidden name is never read: its length will do.
            if (written.Bytes is null && node.Kept is null) continue;
            file.Position = written.Offset;
            if (written.Bytes is not null)
            {
                file.Write(written.Bytes.AsSpan(0, (int)Math.Min(written.Bytes.Length, written.Length)));
                continue;
            }

            source ??= File.OpenRead(node.Kept!);
            source.Position = written.Offset;
            var buffer = new byte[written.Length];
            source.ReadExactly(buffer);
            file.Write(buffer);
        }

        source?.Dispose();
        return description;
    }

    private static string Description(IEnumerable<DiskOperation> operations) => string.Join(
        ',',
        operations.Select(operation => operation is DataWritten written
            ? string.Create(CultureInfo.InvariantCulture, $"{written.Offset}+{written.Length}{(IsZero(written) ? "z" : "")}")
            : "!"));

    private static bool IsZero(DataWritten written) => written.Bytes is { } bytes && !bytes.AsSpan().ContainsAnyExcept((byte)0);

    // What was synced, and of what came later what survives.
    private IEnumerable<DiskOperation> Surviving(DiskNode node)
    {
        var before = node.Operations.Where(o => o < at).Select(o => disk.Operations[o]).ToList();
        var changes = before.Where(operation => operation is not Synced).ToList();
        // What had returned when a sync began is safe when the sync has returned.
        var synced = before.OfType<Synced>().Select(sync => sync.When).DefaultIfEmpty(-1).Max();
        var safe = changes.Count(change => change.When < synced);
        var pending = changes.Skip(safe).ToList();
        return changes.Take(safe).Concat(survival switch
        {
            Survival.Nothing => [],
            Survival.Everything => pending,
            Survival.Beginnings => Beginning(pending),
            _ => pending.SelectMany(Some),
        });
    }

    private IEnumerable<DiskOperation> Beginning(List<DiskOperation> pending)
    {
        var count = random.Next(pending.Count + 1);
        foreach (var operation in pending.Take(count)) yield return operation;
        if (count < pending.Count && pending[count] is DataWritten { Length: > 1 } next)
        {
            var length = random.NextInt64(1, next.Length);
            yield return next with { Length = length, Bytes = next.Bytes?[..(int)length] };
        }
    }

    private IEnumerable<DiskOperation> Some(DiskOperation operation)
    {
        if (operation is not DataWritten written)
        {
            if (random.Next(2) == 0) yield return operation;
            yield break;
        }

        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                yield return operation;
                break;
            case 2: // the length is there, the data is not
                yield return written with { Bytes = new byte[written.Bytes is null ? 0 : written.Bytes.Length] };
                break;
            default:
                for (var from = written.Offset; from < written.Offset + written.Length;)
                {
                    var to = Math.Min(((from / Block) + 1) * Block, written.Offset + written.Length);
                    if (random.Next(2) == 0)
                    {
                        yield return written with
                        {
                            Offset = from,
                            Length = to - from,
                            Bytes = written.Bytes?[(int)(from - written.Offset)..(int)(to - written.Offset)],
                        };
                    }

                    from = to;
                }

                break;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
