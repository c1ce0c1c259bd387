using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;
using CACL.Actors.Serialization;

namespace CACL.Actors.Membership;

/// <summary>Configures an actor system that is a member of a cluster.</summary>
public static class ClusterSetup
{
    /// <summary>
    /// Returns the setup of a member. Whoever is not of the cluster's authority cannot speak to it; those who can may send messages to the
    /// actors that are named here, but neither create actors nor end them, nor have objects made of types that they name. When the network
    /// splits, the side with the trainer stays, and whatever happens to the trainer's cluster, its actor system and the training in it go
    /// on: see <see cref="TrainerStays"/>.
    /// </summary>
    /// <param name="options">The member.</param>
    /// <param name="configuration">The configuration otherwise.</param>
    public static ActorSystemSetup Of(ClusterMember options, Config configuration)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(configuration);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            akka {
              actor.provider = cluster
              # Akka.Remote's own make objects of types that the bytes name.
              actor.serializers {
                akka-misc = "{{typeof(IdentitySerializer).AssemblyQualifiedName}}"
                akka-system-msg = "{{typeof(WatchSerializer).AssemblyQualifiedName}}"
                daemon-create = "{{typeof(RefusingCreationSerializer).AssemblyQualifiedName}}"
                proto = "{{typeof(RefusingProtobufSerializer).AssemblyQualifiedName}}"
              }
              remote {
                log-remote-lifecycle-events = off
                retry-gate-closed-for = 1 s
                untrusted-mode = on
                trusted-selection-paths = [
                  "/user/{{WorkerHub.Name}}", "/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver"
                ]
                dot-netty.tcp {
                  hostname = "{{options.Host}}"
                  port = {{options.Port}}
                  enable-ssl = {{(options.Certificate is null ? "off" : "on")}}
                }
              }
              cluster {
                roles = [{{options.Role}}]
                gossip-interval = 200 ms
                leader-actions-interval = 200 ms
                log-info = off
                retry-unsuccessful-join-after = 2 s
                shutdown-after-unsuccessful-join-seed-nodes = off
                run-coordinated-shutdown-when-down = on
                failure-detector { heartbeat-interval = 1 s, acceptable-heartbeat-pause = 5 s }
                downing-provider-class = "{{typeof(TrainerStays).AssemblyQualifiedName}}"
                trainer-stays.down-after = {{options.DownAfter.TotalMilliseconds:0}} ms
              }
              # A worker leaves before it ends its system; a trainer's cluster ends with it.
              coordinated-shutdown {
                run-by-actor-system-terminate = off
                run-by-clr-shutdown-hook = off
                phases.before-service-unbind.recover = off
              }
            }
            """);
        var bootstrap = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(text).WithFallback(configuration));
        return options.Certificate is not { } own
            ? ActorSystemSetup.Create(bootstrap)
            : ActorSystemSetup.Create(bootstrap, new DotNettySslSetup(
                own.Certificate, suppressValidation: false, requireMutualAuthentication: true,
                (certificate, _, _, _, _) => own.WhyNot(certificate) is null));
    }
}
