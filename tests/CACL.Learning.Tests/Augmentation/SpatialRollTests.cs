using CACL.Learning.Augmentation;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Augmentation;

public sealed class SpatialRollTests
{
    private static readonly Gen<(int Height, int Width, Roll[] Rolls, int[] Permutation)> Cases =
        from height in Gen.Int[1, 4]
        from width in Gen.Int[1, 4]
        from rolls in Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], (a, b) => new Roll(8 * (a % height), 8 * (b % width))).Array[3]
        from permutation in Gen.Shuffle(new[] { 0, 1, 2 })
        select (height, width, rolls, permutation);

    [Fact]
    public void Rolling_in_is_equation_7_sample_by_sample() => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        var x = randn(3, 2, 8 * c.Height, 8 * c.Width);
        var rolled = SpatialRoll.Apply(x, c.Rolls, c.Permutation);
        for (var i = 0; i < 3; i++)
        {
            var s = c.Permutation[i];
            var expected = x[s].roll(new long[] { -c.Rolls[s].Y, -c.Rolls[s].X }, new long[] { 1, 2 });
            Assert.True(expected.equal(rolled[i]).all().item<bool>());
        }
    }, iter: 50, threads: 1);

    [Fact]
    public void Rolling_a_map_back_undoes_roll_and_permutation_and_so_does_its_gradient() => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        var map = randn(3, 5, c.Height, c.Width);
        var rolled = SpatialRoll.Apply(map, [.. c.Rolls.Select(roll => new Roll(roll.Y / 8, roll.X / 8))], c.Permutation)
            .requires_grad_();
        var rows = SpatialRoll.InvertToRows(rolled, c.Rolls, c.Permutation);
        var expected = map.permute(0, 2, 3, 1).reshape(-1, 5);
        Assert.True(expected.equal(rows).all().item<bool>());

        var weights = randn_like(expected);
        var gradient = autograd.grad([(rows * weights).sum()], [rolled])[0];
        Assert.True(SpatialRoll.InvertToRows(gradient, c.Rolls, c.Permutation).equal(weights).all().item<bool>());
    }, iter: 50, threads: 1);
}
