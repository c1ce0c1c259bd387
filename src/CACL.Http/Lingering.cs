using CACL.Data.Wording;
using Serilog;

namespace CACL.Http;

/// <summary>
/// Keeps the program answering for a while after its training has ended, for people to look at what came of the run:
/// <c>cacl.http.linger</c>. A signal or <c>POST /api/stop</c> ends that at once, also if it comes before. Thread-safe.
/// </summary>
public sealed class Lingering
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _began;

    /// <summary>Whether the training is over and the program stays only to answer.</summary>
    public bool Began => _began;

    /// <summary>Waits until <see cref="End"/> is called, or a time has passed.</summary>
    public void Stay(TimeSpan time, Uri address)
    {
        _began = true;
        Log.Information(
            "Still answering at {Address} until Ctrl+C or " + CommandLines.Stop
                + ", {Hours:0.##} hours at most (" + SettingNames.HttpLinger + ")",
            address.GetLeftPart(UriPartial.Authority), time.TotalHours);
        Task.WaitAny(_end.Task, Task.Delay(time));
    }

    /// <summary>Ends the wait.</summary>
    public void End() => _end.TrySetResult();
}
