using CACL.Data.Catalog;
using CsCheck;

namespace CACL.Data.Tests.Catalog;

/// <summary>Tests the set of rows against a hash set.</summary>
public sealed class RowSetTests
{
    [Fact]
    public void It_holds_what_a_hash_set_holds_in_ascending_order() =>
        Gen.Select(Gen.OneOf(Gen.Long[1, 300], Gen.Long[4000, 4200], Gen.Long).Array[0, 200], Gen.Long[1, 300]).Sample((rows, asked) =>
        {
            var (set, expected) = (new RowSet(), new HashSet<long>());
            foreach (var row in rows) Assert.Equal(expected.Add(row), set.Add(row));
            Assert.Equal(expected.Order(), set);
            Assert.Equal(expected.Count, set.Count);
            Assert.Equal(expected.Contains(asked), set.Contains(asked));
            Assert.True(rows.All(set.Contains));
        });

    [Fact]
    public void A_single_row_far_away_takes_no_room_for_those_before_it()
    {
        var set = new RowSet([1, long.MaxValue, long.MinValue]);
        Assert.Equal([long.MinValue, 1, long.MaxValue], set);
    }

    [Fact]
    public void Millions_of_rows_take_a_bit_each()
    {
        // The whole heap's size would tell what other tests let go of meanwhile.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = new RowSet();
        for (var row = 1; row <= 2_000_000; row++) set.Add(row);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(taken, 2_000_000 / 8, 2_000_000 / 2);
        GC.KeepAlive(set);
    }
}
