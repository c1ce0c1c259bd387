using System.Diagnostics;

namespace CACL.Http;

/// <summary>An answer that is asked for once however many wait for it, and at most once in a while. Thread-safe.</summary>
/// <param name="ask">Has it. What it throws, all get who waited for it.</param>
/// <param name="fresh">Time for which it will do.</param>
internal sealed class SharedAnswer<T>(Func<Task<T>> ask, TimeSpan fresh)
{
    private readonly Lock _gate = new();
    private Task<T>? _asked;
    private long _since;

    /// <summary>The answer.</summary>
    /// <param name="anew">Whether what was told a moment ago will not do.</param>
    public Task<T> ReadAsync(bool anew = false)
    {
        lock (_gate)
        {
            if (!anew && _asked is { } asked && (!asked.IsCompleted || Stopwatch.GetElapsedTime(_since) < fresh)) return asked;
            _since = Stopwatch.GetTimestamp();
            return _asked = Task.Run(ask);
        }
    }
}
