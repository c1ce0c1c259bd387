using System.Collections;
using System.Numerics;

namespace CACL.Data.Catalog;

/// <summary>
/// A set of a catalogue's row numbers. Rows are numbered in the order in which they came, so that most numbers are in it: a bit each, where
/// a hash set takes some thirty bytes. Enumerates in ascending order. Not thread-safe.
/// </summary>
public sealed class RowSet : IReadOnlyCollection<long>
{
    private const int WordsOfPage = 64;
    private const int BitsOfPage = 12; // 64 words of 64 rows

    // Only pages with a row are there: a damaged file may name a row of any number.
    private readonly SortedDictionary<long, ulong[]> _pages = [];
    private (long Number, ulong[] Words)? _last;

    /// <summary>Creates a set of rows.</summary>
    /// <param name="rows">The rows, in any order.</param>
    public RowSet(IEnumerable<long>? rows = null)
    {
        foreach (var row in rows ?? []) Add(row);
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>Adds a row. Returns false if it was in the set.</summary>
    public bool Add(long row)
    {
        var page = row >> BitsOfPage;
        if (Page(page) is not { } words)
        {
            words = new ulong[WordsOfPage];
            _pages.Add(page, words);
            _last = (page, words);
        }

        var (word, bit) = Place(row);
        if ((words[word] & bit) != 0) return false;
        words[word] |= bit;
        Count++;
        return true;
    }

    /// <summary>Returns whether a row is in the set.</summary>
    public bool Contains(long row)
    {
        if (Page(row >> BitsOfPage) is not { } words) return false;
        var (word, bit) = Place(row);
        return (words[word] & bit) != 0;
    }

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator()
    {
        foreach (var (page, words) in _pages)
        {
            for (var word = 0; word < WordsOfPage; word++)
            {
                for (var bits = words[word]; bits != 0; bits &= bits - 1)
                    yield return (page << BitsOfPage) + (word * 64) + BitOperations.TrailingZeroCount(bits);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The next row asked for is mostly on the same page.
    private ulong[]? Page(long number)
    {
        if (_last is { } last && last.Number == number) return last.Words;
        if (!_pages.TryGetValue(number, out var words)) return null;
        _last = (number, words);
        return words;
    }

    private static (int Word, ulong Bit) Place(long row)
    {
        var within = (int)(row & ((1 << BitsOfPage) - 1));
        return (within / 64, 1UL << (within % 64));
    }
}
