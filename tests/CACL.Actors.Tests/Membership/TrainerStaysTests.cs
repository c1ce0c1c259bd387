using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport;
using CACL.Actors.Membership;
using CACL.Actors.Tests.Fakes;
using CACL.Testing;

namespace CACL.Actors.Tests.Membership;

/// <summary>What happens to the trainer's actor system, in which the training is, when its cluster fails.</summary>
public sealed class TrainerStaysTests
{
    // Whatever goes over sockets can be dropped here.
    private static readonly Config Breakable =
        ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.applied-adapters = [trttl]").WithFallback(WorkerSystem.Configuration);

    [Fact]
    public async Task A_worker_that_alone_does_not_hear_the_trainer_is_taken_out_and_the_trainer_stays()
    {
        LongTests.Only("Silence is noticed after some seconds");
        using var trainer = Start(ClusterMember.Trainer);
        using var cut = Start(ClusterMember.Decoder);
        using var other = Start(ClusterMember.Decoder);
        var its = Cluster.Get(trainer);
        foreach (var member in new[] { trainer, cut, other }) Cluster.Get(member).Join(its.SelfAddress);
        Eventually.Holds(() => its.State.Members.Count(member => member.Status == MemberStatus.Up) == 3);
        Assert.True(await Drop(trainer, Cluster.Get(cut).SelfAddress));
        Assert.True(await Drop(cut, its.SelfAddress));
        Eventually.Holds(() => its.IsTerminated || its.State.Members.Count == 2);
        Assert.False(its.IsTerminated);
        Assert.Equal(
            new HashSet<Address> { its.SelfAddress, Cluster.Get(other).SelfAddress },
            its.State.Members.Select(member => member.Address).ToHashSet());
        foreach (var member in new[] { trainer, cut, other }) Eventually.Ends(member.Terminate());
    }

    [Theory]
    [InlineData(ClusterMember.Trainer, false)]
    [InlineData(ClusterMember.Decoder, true)]
    public void A_shutdown_by_Akka_itself_ends_a_worker_and_no_training(string role, bool ends)
    {
        using var system = ActorSystem.Create("cacl", ClusterSetup.Of(WorkerSystem.Options(role), WorkerSystem.Configuration));
        Cluster.Get(system).Join(Cluster.Get(system).SelfAddress);
        Eventually.Holds(() => Cluster.Get(system).SelfMember.Status == MemberStatus.Up);
        // As when a partner does not finish TLS's handshake in time.
        var shutdown = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.UnknownReason.Instance);
        Eventually.Holds(() => shutdown.IsCompleted);
        Assert.Equal(ends, shutdown.IsCompletedSuccessfully);
        Assert.Equal(ends, system.WhenTerminated.IsCompleted);
        Assert.Equal(ends, Cluster.Get(system).IsTerminated);
        Eventually.Ends(system.Terminate());
    }

    private static ActorSystem Start(string role) => ActorSystem.Create("cacl", ClusterSetup.Of(WorkerSystem.Options(role), Breakable));

    private static Task<bool> Drop(ActorSystem at, Address from)
    {
        var remoting = ((IRemoteActorRefProvider)((ExtendedActorSystem)at).Provider).Transport;
        return remoting.ManagementCommand(
            new SetThrottle(from, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance), TestContext.Current.CancellationToken);
    }
}
