using Serilog;

namespace CACL.Http;

/// <summary>
/// After the last step, or stopped by a request, the program may stay a while, for people to look at what came of the run:
/// <c>cacl.http.linger</c>. A signal or
/// <c>POST /api/stop</c> ends that at once. Thread-safe; called from before the end on.
/// </summary>
public sealed class Lingering
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _began;

    /// <summary>Whether the program stays only to answer.</summary>
    public bool Began => _began;

    /// <summary>Stays for a time at most.</summary>
    public void Stay(TimeSpan time, Uri address)
    {
        _began = true;
        Log.Information(
            "Still answering at {Address} until Ctrl+C or cacl stop, {Hours:0.##} hours at most (cacl.http.linger)",
            address.GetLeftPart(UriPartial.Authority), time.TotalHours);
        Task.WaitAny(_end.Task, Task.Delay(time));
    }

    /// <summary>Ends the stay.</summary>
    public void End() => _end.TrySetResult();
}
