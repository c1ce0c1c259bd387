using Akka.TestKit;

namespace CACL.Actors.Tests.Fakes;

/// <summary>What probes hear.</summary>
internal static class Probes
{
    /// <summary>The next message, which must be such a one.</summary>
    public static T Hears<T>(this TestProbe probe) => probe.ExpectMsg<T>(cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>The next message that is such a one; others before it are passed over.</summary>
    public static T HearsAmongOthers<T>(this TestProbe probe) =>
        probe.FishForMessage<T>(_ => true, cancellationToken: TestContext.Current.CancellationToken);
}
