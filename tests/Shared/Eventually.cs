using System.Runtime.CompilerServices;

namespace CACL.Testing;

/// <summary>Waits for what another thread, actor or process brings about, and fails the test where that does not come.</summary>
internal static class Eventually
{
    /// <summary>Far more than anything waited for takes on a busy machine: who waits so long waits in vain.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="condition">Looked at again and again, on this thread.</param>
    /// <param name="what">What was waited for, in the failure.</param>
    public static void Holds(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Assert.True(SpinWait.SpinUntil(condition, Patience), $"Waited {Patience.TotalSeconds:0} s in vain for: {what}");

    /// <summary>Returns as soon as the event is set.</summary>
    public static void IsSet(ManualResetEventSlim happened, [CallerArgumentExpression(nameof(happened))] string what = "") =>
        Assert.True(happened.Wait(Patience, CancellationToken.None), $"Waited {Patience.TotalSeconds:0} s in vain for: {what}");
}
