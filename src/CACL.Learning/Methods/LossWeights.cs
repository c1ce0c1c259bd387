
namespace CACL.Learning.Methods;

/// <summary>What one loss counts in the sum that a step lowers.</summary>
/// <param name="Head">The head whose loss it is.</param>
/// <param name="Weight">What it counts.</param>
public readonly record struct LossWeight(string Head, double Weight);

/// <summary>
/// What each loss of a method counts in the sum that a step lowers (METHOD.md §5), in the method's order. The weight of a head that is off
/// counts nothing. Equal where heads and numbers are.
/// </summary>
/// <param name="All">A weight for each of the method's losses.</param>
public sealed record LossWeights(params IReadOnlyList<LossWeight> All)
{
    /// <summary>The heads whose losses are weighted.</summary>
    public IEnumerable<string> Heads => All.Select(weight => weight.Head);

    /// <summary>What the loss of a head counts.</summary>
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

    /// <summary>These with the weight of one loss changed.</summary>
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
