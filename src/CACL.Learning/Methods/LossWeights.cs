
namespace CACL.Learning.Methods;

/// <summary>The weight of one loss in the sum that a step minimises.</summary>
/// <param name="Head">The head that the loss belongs to.</param>
/// <param name="Weight">The weight.</param>
public readonly record struct LossWeight(string Head, double Weight);

/// <summary>
/// The weight of each loss of a method in the sum that a step minimises (METHOD.md §5), in the method's order. The weight of a head that is
/// off has no effect. Two are equal if their heads and numbers are.
/// </summary>
/// <param name="All">A weight for each of the method's losses.</param>
public sealed record LossWeights(params IReadOnlyList<LossWeight> All)
{
    /// <summary>The heads whose losses are weighted.</summary>
    public IEnumerable<string> Heads => All.Select(weight => weight.Head);

    /// <summary>The weight of a head's loss.</summary>
    /// <exception cref="KeyNotFoundException">The method has no such loss.</exception>
    public double this[string head]
    {
        get
        {
            foreach (var weight in All)
            {
                if (weight.Head == head) return weight.Weight;
            }

            throw new KeyNotFoundException($"There is no loss of a head {head}; there are {string.Join(", ", Heads)}.");
        }
    }

    /// <summary>Returns these weights with that of one loss changed.</summary>
    /// <exception cref="KeyNotFoundException">The method has no such loss.</exception>
    public LossWeights With(string head, double value)
    {
        _ = this[head];
        return new([.. All.Select(weight => weight.Head == head ? weight with { Weight = value } : weight)]);
    }

    /// <inheritdoc/>
    public bool Equals(LossWeights? other) => other is not null && All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override int GetHashCode() => All.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(", ", All.Select(weight => FormattableString.Invariant($"{weight.Head} {weight.Weight}")));
}
