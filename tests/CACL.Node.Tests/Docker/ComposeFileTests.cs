using System.Text.RegularExpressions;
using CACL.Configuration.Keys;
using CACL.Node.Commands;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Docker;

/// <summary>Checks what docker-compose.yml, its Dockerfile, .env.example and the program must agree on, without Docker.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly string Scripts = Path.Combine(Workspace.Root, "tools/docker/scripts");

    [Fact]
    public void The_demo_starts_by_itself_and_everything_else_on_request()
    {
        Assert.Equal(
            [
                "certificates of cluster", "decoder of cluster", "demo", "evaluator of cluster", "grafana of observe",
                "kinetics of kinetics", "prometheus of observe", "rank-0 of ranks", "rank-1 of ranks", "seq of observe", "test of test",
                "trainer of cluster",
            ],
            ComposeFile.Services.Select(s => string.Join(" of ", [s.Key, .. ComposeFile.Texts(s.Value, "profiles")]))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_port_is_open_to_other_machines() =>
        Each.Holds(
            ComposeFile.Services.Values.SelectMany(s => ComposeFile.Texts(s, "ports")),
            port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Fact]
    public void No_container_has_more_rights_than_it_says() =>
        Each.Holds(ComposeFile.Services.Values, service =>
        {
            Assert.Equal(["ALL"], ComposeFile.Texts(service, "cap_drop"));
            Assert.Equal(["no-new-privileges:true"], ComposeFile.Texts(service, "security_opt"));
            Assert.Equal("true", service["init"]);
            Assert.DoesNotContain("privileged", service.Keys);
        });

    [Fact]
    public void What_is_not_built_here_is_pinned() =>
        Each.Holds(
            ComposeFile.Services.Values.Where(s => !s.ContainsKey("build")),
            service => Assert.Matches(@"^[a-z]+/[a-z]+:v?\d+\.\d+", (string)service["image"]));

    [Fact]
    public void What_is_built_is_a_stage_of_the_Dockerfile()
    {
        var dockerfile = File.ReadAllText(Path.Combine(Workspace.Root, "tools/docker/Dockerfile"));
        var stages = Stage().Matches(dockerfile).Select(m => m.Groups[1].Value).ToList();
        Each.Holds(ComposeFile.Built, service => Assert.Contains((string)ComposeFile.Map(service.Value, "build")["target"], stages));
        var bases = ComposeFile.Built.Select(service => ComposeFile.Map(ComposeFile.Map(service.Value, "build"), "args"))
            .Where(arguments => arguments.ContainsKey("BASE"));
        Each.Holds(bases, arguments => Assert.Contains((string)arguments["BASE"], stages));
        Each.Holds(
            Copied().Matches(dockerfile).Select(m => m.Groups[1].Value),
            source => Assert.True(Path.Exists(Path.Combine(Workspace.Root, source)), $"There is no {source} to copy."));
    }

    [Fact]
    public void What_is_mounted_from_the_checkout_is_in_it() =>
        Each.Holds(
            ComposeFile.Services.Values.SelectMany(ComposeFile.Sources).Where(s => s != "./runs"),
            source => Assert.True(Path.Exists(Path.Combine(Workspace.Root, source)), $"There is no {source} to mount."));

    [Fact]
    public void The_decoders_join_the_trainer_by_its_name_with_its_certificates_and_read_the_clips_that_it_makes()
    {
        var (trainer, decoder) = (ComposeFile.Services["trainer"], ComposeFile.Services["decoder"]);
        var (its, theirs) = (ComposeFile.Map(trainer, "environment"), ComposeFile.Map(decoder, "environment"));
        Assert.Equal(trainer["hostname"], its["CACL_CLUSTER_HOST"]);
        Assert.Equal(["worker", "--role", "decoder", "--join", $"{trainer["hostname"]}:4053"], ComposeFile.Texts(decoder, "command"));
        Assert.Empty(CaclCommand.Create(out _).Parse([.. ComposeFile.Texts(decoder, "command")]).Errors);
        var certificates = ComposeFile.Texts(ComposeFile.Services["certificates"], "command")[^1];
        Assert.Equal([certificates, certificates], new[] { its["CACL_CLUSTER_CERTIFICATES"], theirs["CACL_CLUSTER_CERTIFICATES"] });
        Assert.Contains($"clips={Path.GetDirectoryName((string)theirs["CACL_DATA_VIDEOS"])} ", Script(trainer));
    }

    [Fact]
    public void The_ranks_know_each_other_by_host_names_and_keys_that_only_they_see_on_a_network_of_their_own()
    {
        var (first, second) = (ComposeFile.Services["rank-0"], ComposeFile.Services["rank-1"]);
        Assert.Equal(["rank-0", "rank-1"], new[] { first["hostname"], second["hostname"] });
        Assert.Contains("printf '%s slots=1\\n' rank-0 rank-1 >", Script(first));
        Assert.Equal("service_healthy", ComposeFile.Map(ComposeFile.Map(first, "depends_on"), "rank-1")["condition"]);
        string[] theirs = ["rank-0", "rank-1"];
        Assert.Equal(theirs, ComposeFile.Services.Where(s => ComposeFile.Volumes(s.Value).Contains("ranks")).Select(s => s.Key));
        Assert.Equal(theirs, ComposeFile.Services.Where(s => ComposeFile.Networks(s.Value).Contains("ranks")).Select(s => s.Key));
        // MPI would try others, too, on which the two cannot reach each other.
        Each.Holds([first, second], service => Assert.Equal(["ranks"], ComposeFile.Networks(service)));
        Assert.Empty(ComposeFile.Texts(second, "ports"));
    }

    [Fact]
    public void Only_the_user_of_the_container_logs_in_by_a_key_to_a_host_whose_key_is_known()
    {
        var (server, client) = (SshConfiguration("sshd_config"), SshConfiguration("ssh_config"));
        Assert.Equal("no", server["PermitRootLogin"]);
        Assert.Equal("publickey", server["AuthenticationMethods"]);
        Assert.Equal("yes", server["DisableForwarding"]);
        Assert.Equal("yes", client["StrictHostKeyChecking"]);
        Assert.Equal((server["Port"], server["AllowUsers"]), (client["Port"], client["User"]));
        Assert.Equal(ComposeFile.Services["rank-1"]["hostname"], client["Host"]);
        // Each side publishes what the other looks for, and keeps its own secret in memory.
        var (first, second) = (Script(ComposeFile.Services["rank-0"]), Script(ComposeFile.Services["rank-1"]));
        Assert.Contains($"$home/{Path.GetFileName(server["AuthorizedKeysFile"])}", first);
        Assert.Contains($"$home/{Path.GetFileName(client["UserKnownHostsFile"])}", second);
        Assert.Contains($"'s/^/[{client["Host"]}]:{client["Port"]} /'", second);
        Assert.Contains($"-f {client["IdentityFile"]}\n", first);
        Assert.Contains($"-f {server["HostKey"]}\n", second);
        Assert.Contains("OMPI_MCA_plm_rsh_agent=rank-ssh\n", first);
        Assert.Contains("ssh -F /etc/ssh/ranks/ssh_config ", File.ReadAllText(Path.Combine(Scripts, "rank-ssh")));
        // Installing the server makes host keys, which everybody with the image would have.
        Assert.Contains(" /etc/ssh/ssh_host_* ", File.ReadAllText(Path.Combine(Workspace.Root, "tools/docker/Dockerfile")));
        Each.Holds([client["IdentityFile"], server["HostKey"]], key => Assert.StartsWith("/tmp/", key, StringComparison.Ordinal));
        var health = ComposeFile.Map(ComposeFile.Services["rank-1"], "healthcheck");
        Assert.Equal(["CMD", "test", "-s", server["PidFile"]], ComposeFile.Texts(health, "test"));
    }

    [Fact]
    public void The_evaluator_joins_the_trainer_and_has_the_data_set_on_which_it_is_evaluated()
    {
        var (trainer, evaluator) = (ComposeFile.Services["trainer"], ComposeFile.Services["evaluator"]);
        var environment = ComposeFile.Map(evaluator, "environment");
        Assert.Equal(
            ["worker", "--role", "evaluator", "--join", $"{trainer["hostname"]}:4053"], ComposeFile.Texts(evaluator, "command"));
        Assert.Empty(CaclCommand.Create(out _).Parse([.. ComposeFile.Texts(evaluator, "command")]).Errors);
        Assert.Equal(
            ComposeFile.Map(trainer, "environment")["CACL_CLUSTER_CERTIFICATES"], environment["CACL_CLUSTER_CERTIFICATES"]);
        var settings = ConfigurationFiles.Load(
            [], [], environment.ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value)).Settings;
        var data = Assert.Single(settings.TrainingEvaluation.DataSets);
        var script = File.ReadAllText(Path.Combine(Workspace.Root, "tools/docker/scripts", ComposeFile.Texts(trainer, "entrypoint")[0]));
        Assert.Contains($"clips={Path.GetDirectoryName(data.Data)} ", script);
        Assert.Contains($"{{name: {data.Name}, kind: folder, data: \\\"$clips/{Path.GetFileName(data.Data)}\\\"}}", script);
        Assert.StartsWith("/runs/", settings.Cluster.CacheFolder, StringComparison.Ordinal);
    }

    [Fact]
    public void What_starts_the_containers_is_there_and_a_setting_that_it_gives_is_one()
    {
        foreach (var (name, service) in ComposeFile.Built)
        {
            foreach (var script in ComposeFile.Texts(service, "entrypoint"))
                Assert.True(File.Exists(Path.Combine(Scripts, script)), $"There is no script {script}.");
            // A setting that was renamed would keep the program from starting.
            var variables = ComposeFile.Map(service, "environment").Select(v => KeyValuePair.Create((string)v.Key, (string)v.Value));
            foreach (var setting in EnvironmentOverrides.Read(variables)) Assert.Contains(setting.Key, KnownKeys.All);
            if (name == "test") continue;
            ConfigurationFiles.Load(
                [Path.Combine(Workspace.Root, "hocon/docker-demo.conf")], [],
                variables.Append(new("CACL_HTTP_TOKEN", "secret")).ToDictionary());
        }

        var keys = Directory.EnumerateFiles(Scripts)
            .SelectMany(file => Key().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value))
            .ToList();
        Each.Holds(keys, key => Assert.Contains(key, KnownKeys.All));
    }

    [Fact]
    public void The_example_of_env_names_every_variable_that_is_used()
    {
        var example = File.ReadAllLines(Path.Combine(Workspace.Root, ".env.example"));
        var named = example.Select(line => Assignment().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToList();
        Assert.Empty(ComposeFile.Variables.Except(named));
        // The program's settings are passed otherwise: it receives the whole of .env.
        var settings = KnownKeys.All.Select(EnvironmentOverrides.Variable).ToHashSet();
        Each.Holds(named.Except(ComposeFile.Variables), name => Assert.Contains(name, settings));
    }

    private static string Script(Dictionary<object, object> service) =>
        File.ReadAllText(Path.Combine(Scripts, ComposeFile.Texts(service, "entrypoint")[0]));

    private static Dictionary<string, string> SshConfiguration(string name) =>
        File.ReadAllLines(Path.Combine(Workspace.Root, "tools/docker/ssh", name))
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ', 2))
            .ToDictionary(words => words[0], words => words[1]);

    [GeneratedRegex(@"^FROM \S+ AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex(@"^COPY (?:--chmod=\S+ |--chown=\S+ )*(?!--)(\S+) ", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"--set ""?'?(cacl\.[a-z.-]+)=")]
    private static partial Regex Key();

    [GeneratedRegex("^#?([A-Z_]+)=")]
    private static partial Regex Assignment();
}
