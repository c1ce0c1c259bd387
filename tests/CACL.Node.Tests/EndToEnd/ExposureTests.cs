using System.Globalization;
using System.Net;
using System.Text;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Looks from outside at what a real process offers to others and tells of its secrets.</summary>
public sealed class ExposureTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const int Abort = 6;
    private const string Token = "token-5b1e77", ApiKey = "seq-key-90cc21", Headers = "api-key=otlp-4d02aa";

    private static readonly Dictionary<string, string> Secrets = new()
    {
        ["CACL_HTTP_TOKEN"] = Token,
        ["CACL_LOGGING_SEQ_API_KEY"] = ApiKey,
        ["CACL_TELEMETRY_OTLP_HEADERS"] = Headers,
        // Where a process dies of a signal, the runtime writes a report, but must not write the memory.
        ["DOTNET_DbgEnableMiniDump"] = "0",
    };

    private static readonly string[] Endless =
    [
        "--set", "cacl.training.max-steps=100000", "--set", "cacl.training.epochs=1000000", "--set",
        "cacl.logging.seq.url=\"http://127.0.0.1:9\"", "--set", "cacl.telemetry.otlp.endpoint=\"http://127.0.0.1:9\"", "--set",
        "cacl.telemetry.otlp.every=1s",
    ];

    [Fact]
    public async Task A_training_listens_on_this_machine_alone_and_its_secrets_are_nowhere()
    {
        var run = runs.Folder("exposed");
        string output;
        using (var process = CaclProcess.StartWith(Secrets, runs.Train(run, Endless)))
        {
            process.Until(() => SmallRuns.Steps(run) >= 2);
            Assert.Equal([(IPAddress.Loopback, NodeFile.Read(run)!.Address.Port)], Listening(process.Id));
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(NodeFile.Read(run)!.Address, "/api/status"));
            request.Headers.Add("Authorization", "Bearer " + Token);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            AssertNoSecrets("a response", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Each.Holds(Family(process.Id), id => AssertNoSecrets("arguments", File.ReadAllText($"/proc/{id}/cmdline")));
            // The runtime takes the first for its own and gives the signal back to the system; the next one is deadly.
            for (var time = 0; time < 100 && !process.HasEnded; time++)
            {
                CaclProcess.SendSignalTo(process.Id, Abort);
                Eventually.Pause(TimeSpan.FromMilliseconds(100));
            }

            process.WaitForExit();
            output = process.Output;
        }

        AssertNoSecrets("the output", output);
        Assert.True(File.Exists(Path.Combine(run, RunFolder.ConfigurationName)));
        Each.Holds(
            Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories),
            file => AssertNoSecrets(file, Encoding.Latin1.GetString(File.ReadAllBytes(file))));
    }

    [Fact]
    public void Where_others_can_reach_it_a_training_without_a_token_does_not_begin()
    {
        var run = runs.Folder("open");
        foreach (var host in (string[])["0.0.0.0", "[::]", "::", "192.0.2.7"])
        {
            CaclProcess.AssertRefused(CaclProcess.Run(runs.Train(run, "--set", $"cacl.http.host=\"{host}\"")), "cacl.http.host");
            Assert.False(File.Exists(Path.Combine(run, "node.json")));
        }
    }

    [Fact]
    public void No_other_verb_listens_at_all()
    {
        LongTests.Only("A dozen programs under strace");
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is missing: apt-get install strace");
        var run = runs.Undisturbed;
        var scratch = Directory.CreateDirectory(runs.Folder("listeners")).FullName;
        string[][] verbs =
        [
            ["doctor"], ["config", "show"], ["config", "keys"], ["completion", "bash"], ["status", "--run", run], ["evaluations", "--run", run],
            ["videos", "scan", runs.Clips, "--catalog", Path.Combine(scratch, "c.sqlite")],
            ["videos", "make", Path.Combine(scratch, "made"), "--count", "1"],
            ["export", "--run", run, "--out", Path.Combine(scratch, "w.safetensors")],
            ["explain", "--run", run, "--step", "2", "--no-replay", "--out", Path.Combine(scratch, "explained")],
            ["verify", Path.Combine(scratch, "none")], ["pause", "--run", run],
        ];
        foreach (var verb in verbs) Assert.Empty(Listens(verb, Path.Combine(scratch, "trace")));
        // The same look sees a training.
        Assert.Contains("listen", Listens(
            [.. runs.Train(Path.Combine(scratch, "run"), "--set", "cacl.training.max-steps=1")], Path.Combine(scratch, "trace"))[0], StringComparison.Ordinal);
    }

    // Every call of bind to an address of a network, and every call of listen after one, of the program and its children.
    private static List<string> Listens(string[] verb, string trace)
    {
        using (var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "/usr/bin/strace",
            ["-f", "-qq", "--seccomp-bpf", "-yy", "-e", "trace=listen", "-o", trace, "dotnet", Path.Combine(AppContext.BaseDirectory, "CACL.Node.dll"), .. verb])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!)
        {
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)));
        }

        // The runtime itself waits for debuggers at a socket of the file system, which only this user may open.
        return [.. File.ReadLines(trace).Where(line => line.Contains("TCP", StringComparison.Ordinal))];
    }

    private static void AssertNoSecrets(string where, string text) => Each.Holds(
        (string[])[Token, ApiKey, Headers.Split('=')[1]],
        secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{where} contains {secret}"));

    // The process and those below it.
    private static List<int> Family(int process)
    {
        var children = Directory.EnumerateDirectories($"/proc/{process}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));
        return [process, .. children];
    }

    private static List<(IPAddress Address, int Port)> Listening(int process)
    {
        const string Listen = "0A";
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(file => new FileInfo(file).LinkTarget ?? "")
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1])
            .ToHashSet();
        return [.. ((string[])["tcp", "tcp6"])
            .SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words[3] == Listen && sockets.Contains(words[9]))
            .Select(words => words[1].Split(':'))
            .Select(local => (Address(local[0]), int.Parse(local[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)))];
    }

    // The kernel writes each four bytes of an address as one number of the machine's byte order.
    private static IPAddress Address(string hex) => new(
        [.. Convert.FromHexString(hex).Chunk(4).SelectMany(four => four.Reverse())]);
}
