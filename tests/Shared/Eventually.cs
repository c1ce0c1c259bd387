using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CACL.Testing;

/// <summary>Waits for what another thread, actor or process does, and fails the test if that does not happen.</summary>
internal static class Eventually
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest wait: far more than anything takes on a busy machine.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="condition">The condition, evaluated repeatedly on this thread.</param>
    /// <param name="what">What was waited for, as the failure says it.</param>
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

    /// <summary>Like <see cref="Holds"/>, for an asynchronous condition.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        for (var began = Stopwatch.GetTimestamp(); !await condition(); await PauseAsync(BetweenLooks))
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Waited {Patience.TotalSeconds:0} s in vain for: {what}");
    }

    /// <summary>Returns as soon as the event is set.</summary>
    public static void IsSet(ManualResetEventSlim happened, [CallerArgumentExpression(nameof(happened))] string what = "") =>
        Holds(() => happened.IsSet, what);

    /// <summary>Returns when the task has completed successfully.</summary>
    public static void Ends(Task task) => task.WaitAsync(Patience).GetAwaiter().GetResult();

    /// <summary>Blocks until it is cancelled.</summary>
    public static Task Never(CancellationToken cancel) => new TaskCompletionSource().Task.WaitAsync(cancel);

    /// <summary>Takes some time, as real work does. A test must not rely on anything else happening meanwhile.</summary>
    public static void Pause(TimeSpan time)
    {
#pragma warning disable RS0030 // The caller does not wait for any event.
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
