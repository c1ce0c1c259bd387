using System.Numerics;

namespace CACL.Data.Sampling;

/// <summary>
/// The purpose of a stream of random numbers. Streams are independent, so that switching one draw off leaves the others unchanged.
/// </summary>
public enum DrawPurpose
{
    /// <summary>Order of an epoch.</summary>
    EpochOrder = 1,

    /// <summary>Videos that replace an undecodable one.</summary>
    Replacement = 2,

    /// <summary>Index n of the first frame.</summary>
    Frame = 3,

    /// <summary>Crop box.</summary>
    Box = 4,

    /// <summary>Horizontal flip.</summary>
    Flip = 5,

    /// <summary>Colour augmentation of view v.</summary>
    ColourAugmentation = 6,

    /// <summary>Colour augmentation of view v₊.</summary>
    ColourAugmentationPlus = 7,

    /// <summary>Roll of view v.</summary>
    Roll = 8,

    /// <summary>Roll of view v₊.</summary>
    RollPlus = 9,

    /// <summary>Pixels that enter the queues.</summary>
    EnqueuePixels = 10,

    /// <summary>Batch permutation of a step.</summary>
    StepPermutation = 11,

    /// <summary>Images on which an evaluation is made.</summary>
    EvaluationSubset = 12,

    /// <summary>Order of an evaluation's epoch.</summary>
    EvaluationOrder = 13,

    /// <summary>Flips of an evaluation's images.</summary>
    EvaluationFlip = 14,

    /// <summary>Crops of the limited-sample protocol.</summary>
    EvaluationCrop = 15,

    /// <summary>Test images that a bootstrap resample takes.</summary>
    EvaluationBootstrap = 31,

    /// <summary>Training images on which no classifier of a learning-rate sweep is trained.</summary>
    EvaluationHeldOut = 32,

    /// <summary>Crop box of view v₊, where it has one of its own.</summary>
    BoxPlus = 16,

    /// <summary>Horizontal flip of view v₊, where it has one of its own.</summary>
    FlipPlus = 17,

    /// <summary>Training pixels in which an evaluation finds clusters or neighbours.</summary>
    EvaluationPixels = 20,

    /// <summary>First centres of an evaluation's clusters.</summary>
    EvaluationClusters = 21,
}

/// <summary>
/// A counter-based random number generator: number k of a stream is number k of <see cref="SplitMix64"/> starting at the stream's key, a
/// hash of its purpose. Nothing is carried from one sample to the next, so any sample of a run can be planned by itself.
/// </summary>
public struct CounterRandom
{
    private ulong _state;

    /// <summary>Creates the stream of (seed, epoch, position, attempt) for one purpose.</summary>
    public CounterRandom(ulong seed, long epoch, long position, int attempt, DrawPurpose purpose)
    {
        var key = Absorb(seed, (ulong)purpose);
        key = Absorb(key, (ulong)epoch);
        key = Absorb(key, (ulong)position);
        _state = Absorb(key, (ulong)attempt);
    }

    /// <summary>Returns the next 64 uniform bits.</summary>
    public ulong Bits() => SplitMix64.Mix(_state += SplitMix64.Golden);

    /// <summary>Returns a uniform number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double Unit() => SplitMix64.Unit(Bits());

    /// <summary>Returns a uniform number in [<paramref name="low"/>, <paramref name="high"/>].</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Unit());

    /// <summary>Returns true with the given probability.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>
    /// Returns a uniform whole number in [0, <paramref name="count"/>) without bias: Lemire's multiplication, redrawn where it would favour
    /// a value.
    /// </summary>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var range = (ulong)count;
        var high = Math.BigMul(Bits(), range, out var low);
        if (low < range)
        {
            var unfair = (0UL - range) % range;
            while (low < unfair) high = Math.BigMul(Bits(), range, out low);
        }

        return (int)high;
    }

    /// <summary>Shuffles <paramref name="items"/> uniformly (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>
    /// Returns the first <paramref name="count"/> entries of a uniformly random permutation of [0, <paramref name="below"/>). A longer draw
    /// from the same stream begins with the shorter one. Costs O(count), whatever <paramref name="below"/> is.
    /// </summary>
    public int[] Distinct(int count, int below)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, below);
        var drawn = new int[count];
        // A forward Fisher–Yates over an array of which only the entries that differ from 0, 1, 2, … are stored.
        var moved = new Dictionary<int, int>(count);
        for (var place = 0; place < count; place++)
        {
            var other = place + Below(below - place);
            drawn[place] = moved.GetValueOrDefault(other, other);
            moved[other] = moved.GetValueOrDefault(place, place);
        }

        return drawn;
    }

    private static ulong Absorb(ulong key, ulong value) =>
        SplitMix64.Mix(BitOperations.RotateLeft(key, 23) + SplitMix64.Golden + SplitMix64.Mix(value + SplitMix64.Golden));
}
