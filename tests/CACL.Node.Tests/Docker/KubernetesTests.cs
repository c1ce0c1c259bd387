using CACL.Configuration.Keys;
using CACL.Node.Commands;
using CACL.Node.Settings;
using CACL.Testing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace CACL.Node.Tests.Docker;

/// <summary>Checks what the example for Kubernetes and the program must agree on, without a cluster.</summary>
public sealed class KubernetesTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Workspace.Root, "tools/kubernetes/cluster.yaml"));

    private static readonly IReadOnlyList<Dictionary<object, object>> Objects = [.. Read()];

    private static Dictionary<object, object> Trainer => Container("StatefulSet");

    private static Dictionary<object, object> Decoder => Container("Deployment");

    [Fact]
    public void It_has_a_service_a_trainer_and_decoders_each_chosen_by_labels_that_there_are()
    {
        Assert.Equal(["Service", "StatefulSet", "Deployment"], Objects.Select(found => (string)found["kind"]));
        Each.Holds(Objects.Skip(1), owner =>
        {
            var spec = Map(owner, "spec");
            Assert.Equal(
                Map(Map(spec, "selector"), "matchLabels"), Map(Map(Map(spec, "template"), "metadata"), "labels"));
        });
        Assert.Equal(Map(Map(Find("Service"), "spec"), "selector"), Map(Map(Map(Find("StatefulSet"), "spec"), "selector"), "matchLabels"));
    }

    [Fact]
    public void The_decoders_join_the_trainer_by_the_name_of_the_headless_service_at_a_port_that_it_has()
    {
        var service = Find("Service");
        var name = (string)Map(service, "metadata")["name"];
        Assert.Equal("None", Map(service, "spec")["clusterIP"]);
        var join = Texts(Decoder, "args");
        Assert.Equal(["worker", "--role", "decoder", "--join", $"{name}:4053"], join);
        Assert.Empty(CaclCommand.Create(out _).Parse([.. join]).Errors);
        Assert.Equal(name, Environment(Trainer)["CACL_CLUSTER_HOST"]);
        string[] ports = ["4053", "4054", "8080"];
        Assert.Equal(ports, List(Map(service, "spec"), "ports").Select(port => port["port"]));
        Assert.Equal(ports, List(Trainer, "ports").Select(port => port["containerPort"]));
        var defaults = ConfigurationFiles.Defaults().Settings.Cluster;
        Assert.Equal((4053, 4054), (defaults.Port, defaults.DataPort));
    }

    [Fact]
    public void Settings_are_settings_of_the_program_and_paths_in_them_are_mounted() => Each.Holds([Trainer, Decoder], container =>
    {
        var variables = Environment(container);
        var settings = ConfigurationFiles.Load([], [], variables).Settings;
        Each.Holds(EnvironmentOverrides.Read(variables), setting => Assert.Contains(setting.Key, KnownKeys.All));
        var mounts = List(container, "volumeMounts").Select(mount => (string)mount["mountPath"]).ToList();
        Each.Holds([.. settings.Data.Videos, settings.Cluster.Certificates], path => Assert.Contains(path, mounts));
    });

    [Fact]
    public void Every_volume_that_is_mounted_is_there_and_no_container_has_more_rights_than_it_needs() => Each.Holds(
        ["StatefulSet", "Deployment"],
        kind =>
        {
            var pod = Map(Map(Map(Find(kind), "spec"), "template"), "spec");
            Assert.Equal("true", Map(pod, "securityContext")["runAsNonRoot"]);
            var rights = Map(Container(kind), "securityContext");
            Assert.Equal(("false", "true"), (rights["allowPrivilegeEscalation"], rights["readOnlyRootFilesystem"]));
            Assert.Equal(["ALL"], Texts(Map(rights, "capabilities"), "drop"));
            var volumes = List(pod, "volumes").Select(volume => volume["name"]).ToList();
            Each.Holds(List(Container(kind), "volumeMounts"), mount => Assert.Contains(mount["name"], volumes));
            // A secret that the head of the file does not say how to make would be missing.
            Each.Holds(
                List(pod, "volumes").Where(volume => volume.ContainsKey("secret")),
                volume => Assert.Contains($"secret generic {Map(volume, "secret")["secretName"]} ", Text, StringComparison.Ordinal));
        });

    private static IEnumerable<Dictionary<object, object>> Read()
    {
        var parser = new Parser(new StringReader(Text));
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _)) yield return new Deserializer().Deserialize<Dictionary<object, object>>(parser);
    }

    private static Dictionary<object, object> Find(string kind) => Objects.Single(found => (string)found["kind"] == kind);

    private static Dictionary<object, object> Container(string kind) =>
        Assert.Single(List(Map(Map(Map(Find(kind), "spec"), "template"), "spec"), "containers"));

    // A secret's value is not in the file.
    private static Dictionary<string, string> Environment(Dictionary<object, object> container) => List(container, "env").ToDictionary(
        variable => (string)variable["name"], variable => (string)variable.GetValueOrDefault("value", "secret"));

    private static Dictionary<object, object> Map(Dictionary<object, object> of, string key) => (Dictionary<object, object>)of[key];

    private static IReadOnlyList<Dictionary<object, object>> List(Dictionary<object, object> of, string key) =>
        [.. ((List<object>)of[key]).Cast<Dictionary<object, object>>()];

    private static IReadOnlyList<string> Texts(Dictionary<object, object> of, string key) => [.. ((List<object>)of[key]).Cast<string>()];
}
