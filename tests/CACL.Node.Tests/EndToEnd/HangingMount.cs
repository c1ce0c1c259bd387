using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// A mounted file system with one folder of files, which this process serves through FUSE until it is told to hang: then no request is
/// answered any more, and whoever made one cannot even be killed. Sizes and times stay known to the kernel, as with a network's.
/// </summary>
internal sealed partial class HangingMount : IDisposable
{
    private const int Lookup = 1, Forget = 2, GetAttributes = 3, Open = 14, Read = 15, Status = 17, Release = 18, Flush = 25, Init = 26;
    private const int OpenFolder = 27, ReadFolder = 28, ReleaseFolder = 29, Access = 34, Interrupt = 36, BatchForget = 42;
    private const int NoSuchFile = 2, NotImplemented = 38;
    private const int InHeader = 40, OutHeader = 16, Longest = 1 << 18;

    private readonly string _folder;
    private readonly FileStream _device;
    private readonly (string Name, byte[] Bytes)[] _files;
    private readonly Thread _serving;
    private volatile bool _hangs;

    private HangingMount(string folder, FileStream device, (string Name, byte[] Bytes)[] files)
    {
        (_folder, _device, _files) = (folder, device, files);
        _serving = new Thread(Serve) { IsBackground = true };
        _serving.Start();
    }

    /// <summary>Mounts copies of files at a folder; the test is skipped where that is not permitted.</summary>
    public static HangingMount Of(string folder, params string[] files)
    {
        Assert.SkipUnless(File.Exists("/dev/fuse"), "There is no /dev/fuse.");
        Directory.CreateDirectory(folder);
        FileStream device;
        try
        {
            device = new FileStream("/dev/fuse", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (UnauthorizedAccessException)
        {
            Assert.Skip("/dev/fuse may not be opened.");
            throw;
        }

        var options = $"fd={device.SafeFileHandle.DangerousGetHandle()},rootmode=40000,user_id=0,group_id=0,allow_other";
        if (Mount("cacl-test", folder, "fuse", 6, options) != 0)
        {
            device.Dispose();
            Assert.Skip("This user may not mount anything.");
        }

        return new HangingMount(folder, device, [.. files.Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]);
    }

    /// <summary>From now on nothing is answered.</summary>
    public void Hang() => _hangs = true;

    public void Dispose()
    {
        _hangs = true;
        _ = Unmount(_folder, 3); // MNT_FORCE | MNT_DETACH: what waits gets an error
        _device.Dispose();
    }

    private void Serve()
    {
        var buffer = new byte[Longest];
        try
        {
            while (_device.Read(buffer) is > 0 and var length)
            {
                var header = buffer.AsSpan(0, length);
                var (operation, unique) = (
                    BinaryPrimitives.ReadInt32LittleEndian(header[4..]), BinaryPrimitives.ReadUInt64LittleEndian(header[8..]));
                var node = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
                if (operation is Forget or BatchForget or Interrupt || _hangs) continue;
                Answer(operation, unique, node, header[InHeader..]);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // It is mounted no more.
        }
    }

    private void Answer(int operation, ulong unique, ulong node, ReadOnlySpan<byte> body)
    {
        switch (operation)
        {
            case Init:
                Say(unique, 7, 31, 65536, 0, 16 | (12 << 16), 131072, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
                break;
            case Lookup:
                var name = Encoding.UTF8.GetString(body[..^1]);
                var found = Array.FindIndex(_files, file => file.Name == name);
                if (found < 0) Fail(unique, NoSuchFile);
                else Say(unique, [.. Longs((ulong)found + 2, 0, 86400, 86400), 0, 0, .. Attributes((ulong)found + 2)]);
                break;
            case GetAttributes:
                Say(unique, [.. Longs(86400), 0, 0, .. Attributes(node)]);
                break;
            case Open or OpenFolder:
                Say(unique, 0, 0, operation == Open ? 1 : 0, 0); // read past the cache
                break;
            case Read:
                var file = _files[node - 2].Bytes;
                var from = (int)Math.Min(BinaryPrimitives.ReadInt64LittleEndian(body[8..]), file.Length);
                var size = BinaryPrimitives.ReadInt32LittleEndian(body[16..]);
                Say(unique, file.AsSpan(from, Math.Min(size, file.Length - from)));
                break;
            case ReadFolder:
                Say(unique, BinaryPrimitives.ReadInt64LittleEndian(body[8..]) == 0 ? Listing() : []);
                break;
            case Status:
                Say(unique, new int[20]);
                break;
            case Release or ReleaseFolder or Flush or Access:
                Say(unique, ReadOnlySpan<byte>.Empty);
                break;
            default:
                Fail(unique, NotImplemented);
                break;
        }
    }

    private byte[] Listing()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        for (var i = 0; i < _files.Length; i++)
        {
            var name = Encoding.UTF8.GetBytes(_files[i].Name);
            writer.Write((ulong)i + 2);
            writer.Write((ulong)i + 1);
            writer.Write(name.Length);
            writer.Write(8); // a file
            writer.Write(name);
            writer.Write(new byte[(8 - (name.Length % 8)) % 8]);
        }

        return bytes.ToArray();
    }

    private int[] Attributes(ulong node)
    {
        var size = node == 1 ? 0UL : (ulong)_files[node - 2].Bytes.Length;
        var times = Longs(node, size, (size + 511) / 512, 1_700_000_000, 1_700_000_000, 1_700_000_000);
        return [.. times, 0, 0, 0, node == 1 ? 0x41ed : 0x81a4, 1, 0, 0, 0, 4096, 0];
    }

    private static IEnumerable<int> Longs(params ulong[] numbers) =>
        numbers.SelectMany(number => (int[])[(int)(uint)number, (int)(number >> 32)]);

    private void Say(ulong unique, params int[] words) => Say(unique, MemoryMarshal.AsBytes(words.AsSpan()));

    private void Say(ulong unique, ReadOnlySpan<byte> body) => Write(unique, 0, body);

    private void Fail(ulong unique, int error) => Write(unique, -error, []);

    private void Write(ulong unique, int error, ReadOnlySpan<byte> body)
    {
        var answer = new byte[OutHeader + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(answer, answer.Length);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(4), error);
        BinaryPrimitives.WriteUInt64LittleEndian(answer.AsSpan(8), unique);
        body.CopyTo(answer.AsSpan(OutHeader));
        _device.Write(answer);
    }

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string kind, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
