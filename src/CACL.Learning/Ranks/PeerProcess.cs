using System.Globalization;
using System.Text;
using CACL.Data.Files;

namespace CACL.Learning.Ranks;

/// <summary>
/// The process of a rank, so that others on the same machine see at once that it is gone, and messages can name it.
/// </summary>
/// <param name="Host">Name of its machine.</param>
/// <param name="Space">The machine's boot and the space of process numbers in which <paramref name="Id"/> counts.</param>
/// <param name="Id">Its number.</param>
/// <param name="Began">When it began, in the kernel's ticks: numbers are used again.</param>
internal sealed record PeerProcess(string Host, string Space, int Id, string Began)
{
    /// <summary>Bytes of <see cref="ToBytes"/>.</summary>
    public const int Bytes = 512;

    /// <summary>This process.</summary>
    public static PeerProcess Own()
    {
        var boot = TextOf("/proc/sys/kernel/random/boot_id")?.Trim() ?? Guid.NewGuid().ToString();
        var space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        return new PeerProcess(
            Environment.MachineName, $"{boot} {space}", Environment.ProcessId, BeganOf(Environment.ProcessId) ?? "");
    }

    /// <summary>How messages call it: "process 4711 on node3".</summary>
    public string Words => string.Create(CultureInfo.InvariantCulture, $"process {Id} on {Host}");

    /// <summary>Returns whether it has ended, as far as can be told from here; false of a process elsewhere.</summary>
    /// <param name="own">This process.</param>
    public bool IsGone(PeerProcess own) => own.Space == Space && BeganOf(Id) != Began;

    /// <summary>As bytes of a fixed number.</summary>
    public byte[] ToBytes()
    {
        var text = Encoding.UTF8.GetBytes($"{Host}\n{Space}\n{Id.ToString(CultureInfo.InvariantCulture)}\n{Began}\n");
        if (text.Length > Bytes) text = Encoding.UTF8.GetBytes($"{Host[..Math.Min(64, Host.Length)]}\n?\n{Id}\n{Began}\n");
        Array.Resize(ref text, Bytes);
        return text;
    }

    /// <summary>Reads what <see cref="ToBytes"/> made.</summary>
    public static PeerProcess Of(ReadOnlySpan<byte> bytes)
    {
        var parts = Encoding.UTF8.GetString(bytes).Split('\n');
        return new PeerProcess(parts[0], parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3]);
    }

    // Null: there is no such process, or only its exit code is left of it.
    private static string? BeganOf(int id)
    {
        // The second field is the program's name in brackets, which may hold spaces and brackets itself.
        var fields = TextOf($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat")?.Split(')')[^1].Split(' ');
        return fields is { Length: > 20 } && fields[1] is not ("Z" or "X") ? fields[20] : null;
    }

    private static string? TextOf(string path)
    {
        try
        {
            return RegularFile.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
