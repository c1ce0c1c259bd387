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

    private static readonly string[] Owners = ["cacl-trainer", "cacl-decoder", "cacl-evaluator"];

    private static Dictionary<object, object> Trainer => Container("cacl-trainer");

    [Fact]
    public void It_has_a_service_a_trainer_decoders_and_evaluators_each_chosen_by_labels_that_there_are()
    {
        Assert.Equal(["Service", "StatefulSet", "Deployment", "Deployment"], Objects.Select(found => (string)found["kind"]));
        Assert.Equal(Owners, Objects.Skip(1).Select(found => (string)Map(found, "metadata")["name"]));
        Each.Holds(Objects.Skip(1), owner =>
        {
            var spec = Map(owner, "spec");
            Assert.Equal(
                Map(Map(spec, "selector"), "matchLabels"), Map(Map(Map(spec, "template"), "metadata"), "labels"));
        });
        Assert.Equal(Map(Map(Objects[0], "spec"), "selector"), Map(Map(Map(Find("cacl-trainer"), "spec"), "selector"), "matchLabels"));
    }

    [Theory]
    [InlineData("decoder")]
    [InlineData("evaluator")]
    public void The_workers_join_the_trainer_by_the_name_of_the_headless_service_at_a_port_that_it_has(string role)
    {
        var service = Objects[0];
        var name = (string)Map(service, "metadata")["name"];
        Assert.Equal("None", Map(service, "spec")["clusterIP"]);
        var join = Texts(Container($"cacl-{role}"), "args");
        Assert.Equal(["worker", "--role", role, "--join", $"{name}:4053"], join);
        Assert.Empty(CaclCommand.Create(out _).Parse([.. join]).Errors);
        Assert.Equal(name, Environment(Trainer)["CACL_CLUSTER_HOST"]);
        string[] ports = ["4053", "4054", "8080"];
        Assert.Equal(ports, List(Map(service, "spec"), "ports").Select(port => port["port"]));
        Assert.Equal(ports, List(Trainer, "ports").Select(port => port["containerPort"]));
        var defaults = ConfigurationFiles.Defaults().Settings.Cluster;
        Assert.Equal((4053, 4054), (defaults.Port, defaults.DataPort));
    }

    [Fact]
    public void Settings_are_settings_of_the_program_and_paths_in_them_are_mounted() => Each.Holds(Owners.Select(Container), container =>
    {
        var variables = Environment(container);
        var settings = ConfigurationFiles.Load([], [], variables).Settings;
        Each.Holds(EnvironmentOverrides.Read(variables), setting => Assert.Contains(setting.Key, KnownKeys.All));
        var mounts = List(container, "volumeMounts").Select(mount => (string)mount["mountPath"]).ToList();
        string[] named =
        [
            .. settings.Data.Videos, .. settings.TrainingEvaluation.DataSets.Select(data => data.Data), settings.Cluster.Certificates,
        ];
        Each.Holds(named, path => Assert.Contains(path, mounts));
        if (variables.ContainsKey("CACL_CLUSTER_CACHE_FOLDER"))
            Assert.Contains(Path.GetDirectoryName(settings.Cluster.CacheFolder), mounts);
    });

    [Fact]
    public void Every_volume_that_is_mounted_is_there_and_no_container_has_more_rights_than_it_needs() => Each.Holds(
        Owners,
        owner =>
        {
            var pod = Map(Map(Map(Find(owner), "spec"), "template"), "spec");
            Assert.Equal("true", Map(pod, "securityContext")["runAsNonRoot"]);
            var rights = Map(Container(owner), "securityContext");
            Assert.Equal(("false", "true"), (rights["allowPrivilegeEscalation"], rights["readOnlyRootFilesystem"]));
            Assert.Equal(["ALL"], Texts(Map(rights, "capabilities"), "drop"));
            var volumes = List(pod, "volumes").Select(volume => volume["name"]).ToList();
            Each.Holds(List(Container(owner), "volumeMounts"), mount => Assert.Contains(mount["name"], volumes));
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

    private static Dictionary<object, object> Find(string owner) =>
        Objects.Skip(1).Single(found => (string)Map(found, "metadata")["name"] == owner);

    private static Dictionary<object, object> Container(string owner) =>
        Assert.Single(List(Map(Map(Map(Find(owner), "spec"), "template"), "spec"), "containers"));

    // A secret's value is not in the file.
    private static Dictionary<string, string> Environment(Dictionary<object, object> container) => List(container, "env").ToDictionary(
        variable => (string)variable["name"], variable => (string)variable.GetValueOrDefault("value", "secret"));

    private static Dictionary<object, object> Map(Dictionary<object, object> of, string key) => (Dictionary<object, object>)of[key];

    private static IReadOnlyList<Dictionary<object, object>> List(Dictionary<object, object> of, string key) =>
        [.. ((List<object>)of[key]).Cast<Dictionary<object, object>>()];

    private static IReadOnlyList<string> Texts(Dictionary<object, object> of, string key) => [.. ((List<object>)of[key]).Cast<string>()];
}
