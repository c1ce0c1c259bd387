using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CACL.Data.Catalog;

/// <summary>
/// One machine's share of a scan that several machines divide. Which share a file is in depends on its path below the folder named and on
/// nothing else, so that the machines need not talk, whatever their folders are called.
/// </summary>
/// <param name="Number">Which share, from 1.</param>
/// <param name="Count">Number of shares.</param>
public sealed record ScanShard(int Number, int Count)
{
    /// <summary>The most shares; joining them holds all of their catalogues open.</summary>
    public const int Most = 1000;

    /// <summary>The version of the rule by which files are divided; shares of different rules do not fit together.</summary>
    internal const int Rule = 1;

    /// <summary>Parses such as "2/4".</summary>
    /// <param name="text">The text.</param>
    /// <param name="shard">The share.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScanShard? shard)
    {
        ArgumentNullException.ThrowIfNull(text);
        shard = null;
        if (text.Split('/') is not [var first, var second] || !IsNumber(first, out var number) || !IsNumber(second, out var count)
            || number < 1 || number > count || count > Most)
            return false;
        shard = new ScanShard(number, count);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    /// <summary>Returns whether a file is in this share.</summary>
    internal bool Holds(FoundFile file, VideoRoots roots) => NumberOf(KeyOf(file, roots)) == Number;

    /// <summary>
    /// Returns what decides about a file. Of one that is reached through links this is its own name and folder: which of several links a
    /// walk comes to first may differ between machines, and no two may take the same file.
    /// </summary>
    private static string KeyOf(FoundFile file, VideoRoots roots)
    {
        if (!file.ThroughLink || RealPath.Of(file.Path) is not { } real) return roots.Relative(file.Path);
        return $"{Path.GetFileName(Path.GetDirectoryName(real))}/{Path.GetFileName(real)}";
    }

    private int NumberOf(string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Count) + 1;
    }

    private static bool IsNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
