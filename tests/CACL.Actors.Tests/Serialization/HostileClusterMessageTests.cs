using System.Collections;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Remote;
using CACL.Actors.Membership;
using CACL.Actors.Tests.Fakes;
using CACL.Testing;
using AkkaSerialization = Akka.Serialization.Serialization;
using Failure = Akka.Actor.Status.Failure;
using Success = Akka.Actor.Status.Success;

namespace CACL.Actors.Tests.Serialization;

/// <summary>
/// Gives a member of a cluster bytes that name a type which they want to be made. The same bytes are read by a member as Akka sets it up,
/// which makes it: otherwise they would say nothing.
/// </summary>
[CollectionDefinition(nameof(HostileClusterMessageTests), DisableParallelization = true)]
[Collection(nameof(HostileClusterMessageTests))]
public sealed class HostileClusterMessageTests : IDisposable
{
    private readonly ActorSystem _member = ActorSystem.Create(
        "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Trainer), WorkerSystem.Configuration));

    private readonly ActorSystem _stock = ActorSystem.Create("cacl", ConfigurationFactory.ParseString(
        """
        akka { actor.provider = cluster, loggers = [], stdout-loglevel = OFF }
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        """));

    public static TheoryData<string> Ways => [.. Messages.Keys];

    /// <summary>Messages that carry an exception, from the outermost.</summary>
    private static Dictionary<string, Func<IActorRef, object>> Messages { get; } = new()
    {
        ["a failure"] = _ => new Failure(new NamedException()),
        ["a failure within an identification"] = _ => new Identify(new Failure(new NamedException())),
        ["a failure within a success"] = _ => new Success(new Failure(new NamedException())),
        ["a failure to a selection"] = _ => new ActorSelectionMessage(new Failure(new NamedException()), [new SelectChildName("x")]),
        ["a failed child"] = actor => new Failed(actor, new NamedException(), 1),
        ["a restart"] = _ => new Recreate(new NamedException()),
        ["a resumption"] = _ => new Resume(new NamedException()),
    };

    public void Dispose()
    {
        Eventually.Ends(_member.Terminate());
        Eventually.Ends(_stock.Terminate());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void No_exception_is_made_of_the_type_that_a_message_names(string way)
    {
        var message = Messages[way](_stock.DeadLetters);
        var serializer = _stock.Serialization.FindSerializerFor(message);
        var (bytes, manifest) = (serializer.ToBinary(message), AkkaSerialization.ManifestFor(serializer, message));
        var made = NamedException.Made;
        _stock.Serialization.Deserialize(bytes, serializer.Identifier, manifest);
        Assert.Equal(made + 1, NamedException.Made);
        Refused(() => _member.Serialization.Deserialize(bytes, serializer.Identifier, manifest));
        Assert.Equal(made + 1, NamedException.Made);
        Refused(() => _member.Serialization.FindSerializerFor(message).ToBinary(message));
    }

    [Fact]
    public void No_serializer_makes_an_object_of_the_type_that_the_manifest_names()
    {
        var made = Canary.Made;
        var manifest = typeof(Canary).AssemblyQualifiedName!;
        foreach (var id in Identifiers(_stock)) Record.Exception(() => _stock.Serialization.Deserialize([], id, manifest));
        Assert.True(Canary.Made > made);
        made = Canary.Made;
        Assert.Superset(Identifiers(_stock), Identifiers(_member));
        foreach (var id in Identifiers(_member))
        {
            foreach (var bytes in (byte[][])[[], Encoding.UTF8.GetBytes("{}"), Encoding.UTF8.GetBytes($$"""{"$type":"{{manifest}}"}""")])
                Record.Exception(() => _member.Serialization.Deserialize(bytes, id, manifest));
        }

        Assert.Equal(made, Canary.Made);
    }

    [Fact]
    public void What_members_need_to_say_to_one_another_passes()
    {
        object[] messages =
        [
            new Identify("who"), new ActorIdentity("who", _member.DeadLetters), new Watch((IInternalActorRef)_member.DeadLetters,
                (IInternalActorRef)_member.DeadLetters),
            new DeathWatchNotification(_member.DeadLetters, existenceConfirmed: true, addressTerminated: false),
        ];
        Each.Holds(messages, message =>
        {
            var serializer = _member.Serialization.FindSerializerFor(message);
            var read = _member.Serialization.Deserialize(
                serializer.ToBinary(message), serializer.Identifier, AkkaSerialization.ManifestFor(serializer, message));
            Assert.IsType(message.GetType(), read);
        });
    }

    [Fact]
    public void No_order_to_create_an_actor_is_read_or_written()
    {
        var type = typeof(RemoteSettings).Assembly.GetType("Akka.Remote.DaemonMsgCreate", throwOnError: true)!;
        var order = Activator.CreateInstance(type, Props.Create<Ordered>(), Deploy.None, "user/x", _stock.DeadLetters)!;
        var serializer = _stock.Serialization.FindSerializerFor(order);
        var bytes = serializer.ToBinary(order);
        Assert.IsType(type, _stock.Serialization.Deserialize(bytes, serializer.Identifier, ""));
        Refused(() => _member.Serialization.Deserialize(bytes, serializer.Identifier, ""));
        Refused(() => _member.Serialization.FindSerializerFor(order).ToBinary(order));
    }

    private static void Refused(Func<object> call) => Assert.IsType<SerializationException>(Record.Exception(call));

    // Akka does not tell which serializers it has.
    private static HashSet<int> Identifiers(ActorSystem system) =>
    [
        .. ((IDictionary)typeof(AkkaSerialization).GetField("_serializersById", BindingFlags.Instance | BindingFlags.NonPublic)!
            .GetValue(system.Serialization)!).Keys.Cast<int>(),
    ];

    /// <summary>Counts how often it is made of bytes.</summary>
    [Serializable]
    public sealed class NamedException : Exception
    {
        public NamedException()
        {
        }

        private NamedException(SerializationInfo info, StreamingContext context) => Made++;

        public static int Made { get; private set; }
    }

    /// <summary>Counts how often it is made.</summary>
    public sealed class Canary
    {
        public Canary() => Made++;

        public static int Made { get; private set; }
    }

    private sealed class Ordered : ReceiveActor;
}
