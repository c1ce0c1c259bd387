using CACL.Actors.Contracts;
using CACL.Data.Wording;

namespace CACL.Actors.Decoding;

/// <summary>A change of the number of decoders.</summary>
/// <param name="Decoders">The number from now on.</param>
/// <param name="Why">The reason, as a clause for the log.</param>
internal sealed record DecoderChange(int Decoders, string Why);

/// <summary>
/// Chooses the number of decoders from what steps and pairs take. It grows while the training waits for data, and shrinks once fewer would
/// keep up. Where decoders and steps share the cores, growth is tried out: if it does not make the training faster, because the decoders
/// took the cores from the step, it is undone. What was in vain is tried again only after a pause, which doubles each time, and halves when
/// it proves itself. A function of what it is told.
/// </summary>
/// <param name="bounds">The limits.</param>
/// <param name="first">The number to begin with, within the limits.</param>
internal sealed class DecoderCount(DecoderBounds bounds, int first)
{
    /// <summary>Fewest steps of a window. The verdict is on whole windows, since single steps and videos differ.</summary>
    public const int WindowSteps = 8;

    /// <summary>Shortest window, in seconds.</summary>
    public const double WindowSeconds = 2;

    // Shares of the time that the training waits for data.
    private const double Starving = 0.03; // more decoders are needed, whatever their times say
    private const double Lacking = 0.01; // they are needed if their times say so, too
    private const double Calm = 0.005; // fewer may do

    // More decoders than the mean times call for, since videos differ. One too many costs nothing beside a card, and cores beside a CPU.
    private const double SpareToGrow = 1.1;
    private const double SpareToShrink = 1.5;
    private const double SpareToShrinkOnSharedCores = 1.2;

    /// <summary>
    /// Least gain in pairs a second by which growth on shared cores proves itself: 2 %, or, with so many decoders that one more could
    /// hardly bring that, a fifth of what it could bring.
    /// </summary>
    private const double LeastGain = 0.02;
    private const double LeastShareOfGain = 0.2;

    private readonly Pause _growth = new();
    private readonly Pause _shrinkage = new();
    private Window _window;
    private int _windows;
    private bool _settling = true; // the first window is slow, and that after a change is a mixture
    private bool _shrank;
    private double? _secondsPerPair;
    private (int Decoders, double Rate)? _before; // growth is being tried out

    /// <summary>The number of decoders.</summary>
    public int Now { get; private set; } = Math.Clamp(first, 1, bounds.Most);

    private bool SharesCores => bounds.TrainingThreads > 0;

    /// <summary>Records a decoded pair.</summary>
    /// <param name="seconds">Time that it took a decoder.</param>
    public void Decoded(double seconds)
    {
        _window.DecodeSeconds += seconds;
        _window.Decoded++;
    }

    /// <summary>Records a pair that no decoder of this process was needed for: another machine decoded it, or an earlier pass.</summary>
    public void WithoutDecoder() => _window.Elsewhere++;

    /// <summary>Records a training step.</summary>
    /// <param name="waited">Time that it waited for its data, in seconds.</param>
    /// <param name="computed">Time that it took otherwise, in seconds.</param>
    /// <param name="pairs">Its pairs.</param>
    /// <returns>The change that follows, or null.</returns>
    public DecoderChange? Stepped(double waited, double computed, int pairs)
    {
        _window.Waited += waited;
        _window.Computed += computed;
        _window.Pairs += pairs;
        _window.Steps++;
        if (_window.Steps < WindowSteps || _window.Waited + _window.Computed < WindowSeconds) return null;
        var window = _window;
        _window = default;
        _windows++;
        var settled = !_settling;
        _settling = false;
        if (window.Decoded > 0) _secondsPerPair = window.DecodeSeconds / window.Decoded;
        return settled && _secondsPerPair is { } perPair ? Judge(window, perPair) : null;
    }

    private DecoderChange? Judge(Window window, double perPair)
    {
        var (waits, rate) = (window.Waited / (window.Waited + window.Computed), window.Pairs / (window.Waited + window.Computed));
        // Decoders that deliver a step's pairs in the time that the step takes without waiting.
        var needed = perPair * Math.Max(0, window.Pairs - window.Elsewhere) / Math.Max(window.Computed, 1e-9);
        if (_before is { } before)
        {
            _before = null;
            if (rate < before.Rate * (1 + Math.Min(LeastGain, LeastShareOfGain / before.Decoders)))
            {
                _growth.Lengthen(_windows);
                return To(before.Decoders, $"{Now} did not make the training faster");
            }

            _growth.Shorten();
        }

        if (waits >= Starving || (waits >= Lacking && needed * SpareToGrow > Now)) return Grow(waits, rate, needed);
        var fewer = needed * (SharesCores ? SpareToShrinkOnSharedCores : SpareToShrink) <= Now - 1;
        if (waits > Calm || !fewer || Now == 1 || !_shrinkage.IsOver(_windows)) return null;
        _shrank = true;
        return To(Now - 1, $"the training waits {Percent.Whole(waits)} of its time for data, and {Now - 1} will do");
    }

    private DecoderChange? Grow(double waits, double rate, double needed)
    {
        // It shrank too far: the next time, that is left for later.
        if (_shrank) _shrinkage.Lengthen(_windows);
        _shrank = false;
        if (Now >= bounds.Most || !_growth.IsOver(_windows)) return null;
        var most = Math.Min(bounds.Most, SharesCores ? Now + 1 : 2 * Now);
        // Cores that the step leaves over, those included that idle while it waits; and one decoder more, since decoders wait for disks.
        if (SharesCores && Now > Math.Ceiling(bounds.Cores - (bounds.TrainingThreads * (1 - waits)))) return null;
        if (SharesCores) _before = (Now, rate);
        return To(
            (int)Math.Clamp(Math.Ceiling(Math.Min(needed * SpareToGrow, most)), Now + 1, most),
            $"the training waits {Percent.Whole(waits)} of its time for data");
    }

    private DecoderChange To(int decoders, string why)
    {
        Now = decoders;
        _settling = true;
        return new DecoderChange(decoders, why);
    }

    private record struct Window(int Steps, double Waited, double Computed, long Pairs, double DecodeSeconds, long Decoded, long Elsewhere);

    /// <summary>How many windows something is not tried again.</summary>
    private sealed class Pause
    {
        private const int Shortest = 8;
        private const int Longest = 512;

        private int _length = Shortest;
        private int _end;

        public bool IsOver(int windows) => windows >= _end;

        public void Lengthen(int windows)
        {
            _end = windows + _length;
            _length = Math.Min(2 * _length, Longest);
        }

        public void Shorten() => _length = Math.Max(_length / 2, Shortest);
    }
}
