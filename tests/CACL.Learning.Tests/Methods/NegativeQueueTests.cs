using CACL.Learning.Methods;
using CACL.Testing;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Methods;

public sealed class NegativeQueueTests
{
    [Fact]
    public void It_is_a_ring_like_a_list_overwritten_place_by_place() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 12].Array[0, 8]).Sample((size, counts) =>
        {
            using var scope = NewDisposeScope();
            using var queue = new NegativeQueue("queue", size, 2, 1, CPU);
            var model = queue.Rows.data<float>().ToArray();
            var place = 0;
            var number = 100f;
            foreach (var count in counts.Where(count => count <= size))
            {
                var rows = Enumerable.Range(0, 2 * count).Select(_ => number++).ToArray();
                queue.Enqueue(tensor(rows, [count, 2]), tensor(true));
                for (var i = 0; i < count; i++, place = (place + 1) % size) rows.AsSpan(2 * i, 2).CopyTo(model.AsSpan(2 * place));
            }

            Assert.Equal(model, queue.Rows.data<float>().ToArray());
            Assert.Equal(place, queue.Pointer);
        }, iter: 100, threads: 1);

    [Fact]
    public void Its_rows_start_at_length_1_and_depend_on_seed_and_name_alone()
    {
        using var first = new NegativeQueue("queue.global", 32, 128, 5, CPU);
        using var again = new NegativeQueue("queue.global", 32, 128, 5, CPU);
        using var other = new NegativeQueue("queue.pixel", 32, 128, 5, CPU);
        using var scope = NewDisposeScope();
        Each.Holds(first.Rows.norm(1).data<float>().ToArray(), length => Assert.Equal(1f, length, 1e-5f));
        Assert.True(first.Rows.equal(again.Rows).all().item<bool>());
        Assert.False(first.Rows.equal(other.Rows).any().item<bool>());
    }

    [Fact]
    public void A_step_whose_losses_are_not_finite_leaves_rows_and_place()
    {
        using var scope = NewDisposeScope();
        using var queue = new NegativeQueue("queue.global", 4, 2, 1, CPU);
        queue.Pointer = 3;
        var before = queue.Rows.clone();
        queue.Enqueue(full(2, 2, double.NaN), tensor(false));
        Assert.True(before.equal(queue.Rows).all().item<bool>());
        Assert.Equal(3, queue.Pointer);
    }

    [Fact]
    public void More_rows_than_places_are_refused()
    {
        using var queue = new NegativeQueue("queue.global", 4, 2, 1, CPU);
        using var rows = ones(5, 2);
        using var finite = tensor(true);
        Assert.Contains("queue.global", Assert.Throws<ArgumentException>(() => queue.Enqueue(rows, finite)).Message, StringComparison.Ordinal);
    }
}
