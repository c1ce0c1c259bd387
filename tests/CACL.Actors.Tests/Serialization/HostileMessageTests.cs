using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using CACL.Actors.Serialization;
using CACL.Actors.Supervision;
using CACL.Testing;

namespace CACL.Actors.Tests.Serialization;

/// <summary>Sends bytes that name the type that they want to be to the serializers of the program's actor system.</summary>
public sealed class HostileMessageTests : IDisposable
{
    private const int AkkasOwn = 1;

    private readonly ActorSystem _system = ActorSystem.Create("hostile", Dispatchers.Configuration);

    private static string Gadget => $"{typeof(Canary).FullName}, {typeof(Canary).Assembly.GetName().Name}";

    public void Dispose() => _system.Dispose();

    [Theory]
    [InlineData("""{"$type":"TYPE","Song":"x"}""")]
    [InlineData("""{"$id":"1","$type":"TYPE","Song":"x"}""")]
    [InlineData("""{"$type":"System.Collections.Generic.List`1[[TYPE]], System.Private.CoreLib","$values":[{"$type":"TYPE","Song":"x"}]}""")]
    [InlineData("""{"$type":"System.Object[], System.Private.CoreLib","$values":[{"$type":"TYPE","Song":"x"}]}""")]
    public void No_type_that_the_bytes_name_is_made(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Replace("TYPE", Gadget, StringComparison.Ordinal));
        var sung = Canary.Songs;
        foreach (var manifest in (string[])[Gadget, typeof(object).AssemblyQualifiedName!, typeof(Canary).AssemblyQualifiedName!, ""])
        {
            // Whatever serializer the sender names: Akka's own, this program's, those of Akka's streams, or none that is known.
            foreach (var id in Enumerable.Range(-20, 60).Append(190_281).Append(190_282))
                Refused(() => _system.Serialization.Deserialize(bytes, id, manifest));
        }

        Assert.Equal(sung, Canary.Songs);
    }

    [Fact]
    public void Akkas_own_serializer_would_make_it_and_has_no_place_here()
    {
        var sung = Canary.Songs;
        using (var stock = ActorSystem.Create("stock", ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF")))
        {
            var bytes = Encoding.UTF8.GetBytes($$"""{"$type":"{{Gadget}}","Song":"x"}""");
            stock.Serialization.Deserialize(bytes, AkkasOwn, typeof(object).AssemblyQualifiedName!);
        }

        Assert.Equal(sung + 1, Canary.Songs);
        Assert.IsType<RefusingSerializer>(_system.Serialization.FindSerializerForType(typeof(object)));
        Each.Holds(
            (Type[])[typeof(Canary), typeof(Exception), typeof(Dictionary<string, object>), typeof(string)],
            type => Assert.IsNotType<NewtonSoftJsonSerializer>(_system.Serialization.FindSerializerForType(type)));
        Assert.Throws<SerializationException>(() => _system.Serialization.Serialize(new Canary()));
    }

    private static void Refused(Action read)
    {
        var error = Record.Exception(read);
        Assert.True(error is SerializationException or ArgumentException or NotSupportedException or TypeLoadException or null, $"{error}");
    }

    /// <summary>Notices when it is made and filled.</summary>
    public sealed class Canary
    {
        private string _song = "";

        public static int Songs { get; private set; }

        public string Song
        {
            get => _song;
            set
            {
                _song = value;
                Songs += value.Length;
            }
        }
    }
}
