using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CACL.Testing;

/// <summary>Waits for what another thread, actor or process brings about, and fails the test where that does not come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>Far more than anything waited for takes on a busy machine: who waits so long waits in vain.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="condition">Looked at again and again, on this thread.</param>
    /// <param name="what">What was waited for, in the failure.</param>
    public static void Holds(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var spin = new SpinWait();
        for (var began = Stopwatch.GetTimestamp(); !condition();)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Waited {Patience.TotalSeconds:0} s in vain for: {what}");
            if (spin.NextSpinWillYield) Pause(BetweenLooks);
            else spin.SpinOnce();
        }
    }

    /// <summary>As <see cref="Holds"/>, for what has to be asked for.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        for (var began = Stopwatch.GetTimestamp(); !await condition(); await PauseAsync(BetweenLooks))
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Waited {Patience.TotalSeconds:0} s in vain for: {what}");
    }

    /// <summary>Returns as soon as the event is set.</summary>
    public static void IsSet(ManualResetEventSlim happened, [CallerArgumentExpression(nameof(happened))] string what = "") =>
        Holds(() => happened.IsSet, what);

    /// <summary>Returns when the task has ended well.</summary>
    public static void Ends(Task task) => task.WaitAsync(Patience).GetAwaiter().GetResult();

    /// <summary>Hangs until it is told to end.</summary>
    public static Task Never(CancellationToken cancel) => new TaskCompletionSource().Task.WaitAsync(cancel);

    /// <summary>Takes some time, as real work does. Nothing may be expected to have happened when it returns.</summary>
    public static void Pause(TimeSpan time)
    {
#pragma warning disable RS0030 // Whoever calls this waits for nothing.
        Thread.Sleep(time);
#pragma warning restore RS0030
    }

    private static async Task PauseAsync(TimeSpan time)
    {
#pragma warning disable RS0030 // As above.
        await Task.Delay(time);
#pragma warning restore RS0030
    }
}
