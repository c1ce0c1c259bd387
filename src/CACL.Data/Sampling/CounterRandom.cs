using System.Numerics;

namespace CACL.Data.Sampling;

/// <summary>
/// What a stream of random numbers is for. Streams are independent, so that switching one draw off leaves the others as they were.
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

    /// <summary>Images that an evaluation is made with.</summary>
    EvaluationSubset = 12,

    /// <summary>Order of an evaluation's epoch.</summary>
    EvaluationOrder = 13,

    /// <summary>Flips of an evaluation's images.</summary>
    EvaluationFlip = 14,

    /// <summary>Crops of the limited-sample protocol.</summary>
    EvaluationCrop = 15,
}

/// <summary>
/// Random numbers from counters: number k of a stream is that of <see cref="SplitMix64"/> from its key on, the key a hash of what the
/// stream is for. Nothing is carried from one sample to the next, so any sample of a run can be planned alone.
/// </summary>
public struct CounterRandom
{
    private ulong _state;

    /// <summary>The stream of (seed, epoch, position, attempt) for one purpose.</summary>
    public CounterRandom(ulong seed, long epoch, long position, int attempt, DrawPurpose purpose)
    {
        var key = Absorb(seed, (ulong)purpose);
        key = Absorb(key, (ulong)epoch);
        key = Absorb(key, (ulong)position);
        _state = Absorb(key, (ulong)attempt);
    }

    /// <summary>The next 64 uniform bits.</summary>
    public ulong Bits() => SplitMix64.Mix(_state += SplitMix64.Golden);

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double Unit() => SplitMix64.Unit(Bits());

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>].</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Unit());

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>
    /// Uniform in [0, <paramref name="count"/>), without bias: Lemire's multiplication, redrawn where it would favour a value.
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

    /// <summary>Puts <paramref name="items"/> into a uniformly random order (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>
    /// The first <paramref name="count"/> entries of a uniformly random permutation of [0, <paramref name="below"/>). A longer draw
    /// from the same stream begins with the shorter one. Costs O(count), whatever <paramref name="below"/> is.
    /// </summary>
    public int[] Distinct(int count, int below)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, below);
        var drawn = new int[count];
        // A forward Fisher–Yates over a row that is only written down where it differs from 0, 1, 2, …
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
