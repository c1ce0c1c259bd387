using System.Diagnostics;

namespace CACL.Http;

/// <summary>Asks once for all who wait, and keeps the answer for a while. Thread-safe.</summary>
/// <param name="ask">Returns the answer. All who wait get what it throws.</param>
/// <param name="fresh">How long an answer is kept.</param>
internal sealed class SharedAnswer<T>(Func<Task<T>> ask, TimeSpan fresh)
{
    private readonly Lock _gate = new();
    private Task<T>? _asked;
    private long _since;

    /// <summary>Returns the answer.</summary>
    /// <param name="anew">Whether to ask again although an answer is kept.</param>
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
