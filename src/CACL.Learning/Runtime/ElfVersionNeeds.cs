using System.Buffers.Binary;
using System.Text;

namespace CACL.Learning.Runtime;

/// <summary>
/// The symbol versions that a 64-bit little-endian ELF library requires of others (section .gnu.version_r), and the only change ever made
/// to them: a version may be marked weak, so that the loader does not warn of its absence and loads the library. Layouts: System V gABI
/// (header, section headers) and the Linux Standard Base's symbol versioning (Verneed, Vernaux).
/// </summary>
internal sealed class ElfVersionNeeds
{
    private const uint SectionDynamicSymbols = 11;
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const uint SectionSymbolVersions = 0x6fffffff;
    private const ushort FlagWeak = 2;

    private readonly byte[] _image;
    private readonly Section[] _sections;

    /// <summary>Reads the section table of <paramref name="image"/>, which <see cref="MarkWeak"/> changes in place.</summary>
    /// <exception cref="InvalidDataException">The image is not such an ELF file, or is truncated.</exception>
    public ElfVersionNeeds(byte[] image)
    {
        _image = image;
        if (image.Length < 64 || !image.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        }

        var table = checked((int)U64(40));
        _sections = new Section[U16(60)];
        for (var i = 0; i < _sections.Length; i++)
        {
            var at = table + (i * U16(58));
            _sections[i] = new Section(U32(at + 4), checked((int)U64(at + 24)), checked((int)U64(at + 32)), checked((int)U32(at + 40)));
        }
    }

    /// <summary>Names of all required versions, such as <c>GLIBCXX_3.4.32</c>.</summary>
    public IReadOnlyList<string> Names => [.. Needs().Select(need => need.Name)];

    /// <summary>Returns the names of the symbols that carry <paramref name="version"/>.</summary>
    public IReadOnlyList<string> SymbolsOf(string version)
    {
        var indices = Needs().Where(need => need.Name == version).Select(need => U16(need.At + 6) & 0x7fff).ToHashSet();
        if (Find(SectionDynamicSymbols) is not { } symbols || Find(SectionSymbolVersions) is not { } versions) return [];
        var names = new List<string>();
        for (var i = 0; i < versions.Size / 2; i++)
        {
            if (indices.Contains(U16(versions.Offset + (2 * i)) & 0x7fff)) names.Add(Text(symbols, U32(symbols.Offset + (24 * i))));
        }

        return names;
    }

    /// <summary>Marks <paramref name="version"/> weak; returns false if the library does not require it.</summary>
    public bool MarkWeak(string version)
    {
        var found = false;
        foreach (var need in Needs().Where(need => need.Name == version))
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_image.AsSpan(need.At + 4), (ushort)(U16(need.At + 4) | FlagWeak));
            found = true;
        }

        return found;
    }

    /// <summary>Returns whether <paramref name="version"/> is required and weak.</summary>
    public bool IsWeak(string version) => Needs().Any(need => need.Name == version && (U16(need.At + 4) & FlagWeak) != 0);

    // A chain of Verneed records, one per library, each with a chain of Vernaux records, one per version.
    private List<Need> Needs()
    {
        var needs = new List<Need>();
        if (Find(SectionVersionNeeds) is not { } section) return needs;
        for (int library = section.Offset, nextLibrary = -1; nextLibrary != 0; library += nextLibrary)
        {
            nextLibrary = checked((int)U32(library + 12));
            var version = checked(library + (int)U32(library + 8));
            for (var nextVersion = -1; nextVersion != 0; version += nextVersion)
            {
                nextVersion = checked((int)U32(version + 12));
                needs.Add(new Need(Text(section, U32(version + 8)), version));
                if (needs.Count > 10_000) throw new InvalidDataException("The ELF library's version records run in a circle.");
            }
        }

        return needs;
    }

    private Section? Find(uint type) => Array.Find(_sections, section => section.Type == type) is { Type: not 0 } found ? found : null;

    private string Text(Section section, uint offset)
    {
        var start = checked(_sections[section.Link].Offset + (int)offset);
        if (start < 0 || start >= _image.Length) throw Short();
        var rest = _image.AsSpan(start);
        var end = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]);
    }

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(at, 2));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(at, 4));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(at, 8));

    private ReadOnlySpan<byte> Bytes(int at, int count) =>
        at >= 0 && at <= _image.Length - count ? _image.AsSpan(at, count) : throw Short();

    private static InvalidDataException Short() => new("The ELF library is cut short.");

    private readonly record struct Section(uint Type, int Offset, int Size, int Link);

    private readonly record struct Need(string Name, int At);
}
