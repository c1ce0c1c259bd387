using System.Text.RegularExpressions;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Workers in processes of their own decode for a training; whatever becomes of them, it computes the same.</summary>
public sealed partial class WorkerTests(SmallRuns runs, WorkerTests.Alone alone)
    : IClassFixture<SmallRuns>, IClassFixture<WorkerTests.Alone>
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private const string Joined = "decodes for this training";

    // A run is long enough for workers to be lost and to come back; on a machine that others use it takes minutes.
    private static readonly TimeSpan ARun = TimeSpan.FromMinutes(10);

    [Fact]
    public void A_killed_a_paused_and_a_restarted_worker_leave_no_trace_in_the_numbers()
    {
        LongTests.Only("Two runs, with workers that come and go");
        var shared = runs.Folder("shared");
        using var trainer = CaclProcess.Start(Train(shared, ["--set", "cacl.cluster.enabled=true", .. AnyPorts]));
        trainer.Until(() => Invitation().IsMatch(trainer.Output));
        using var killed = Worker(trainer);
        using var paused = Worker(trainer);
        using var restarted = Worker(trainer);
        trainer.Until(() => Count(trainer.Output, Joined) == 3);
        killed.Signal(Kill);
        paused.Signal(Stop);
        restarted.Signal(Terminate);
        Assert.Equal(143, restarted.WaitForExit());
        Assert.Contains("Stopped; the training has what was decoded.", restarted.Output);
        trainer.Until(() => Count(trainer.Output, "is lost") >= 2); // the connection of one broke, the other is silent
        using var again = Worker(trainer);
        paused.Signal(Continue);
        trainer.Until(() => Count(trainer.Output, Joined) == 5);
        Assert.True(trainer.WaitForExit(ARun) == 0, trainer.Output);
        Assert.Equal(SmallRuns.Losses(alone.Folder), SmallRuns.Losses(shared));
        paused.Until(() => paused.Output.Contains("The training is over", StringComparison.Ordinal)); // and waits for the next
        paused.Signal(Terminate);
        Assert.Equal(143, paused.WaitForExit());
    }

    [Fact]
    public void A_worker_on_a_network_that_fails_and_comes_back_decodes_again_and_leaves_no_trace_in_the_numbers()
    {
        LongTests.Only("Two runs, and a network that fails");
        using var network = TwoMachines.Make();
        var (shared, certificates) = (runs.Folder("shared-apart"), runs.Folder("certificates"));
        CaclProcess.AssertSuccess(CaclProcess.Run("cluster", "certificates", certificates));
        using var trainer = TrainerOn(network, shared, certificates);
        using var worker = WorkerOn(network, certificates);
        trainer.Until(() => Count(trainer.Output, Joined) == 1);
        network.Cut();
        trainer.Until(() => trainer.Output.Contains("is decoded elsewhere", StringComparison.Ordinal));
        network.Mend();
        trainer.Until(() => Count(trainer.Output, Joined) == 2);
        Assert.True(trainer.WaitForExit(ARun) == 0, trainer.Output);
        Assert.Equal(SmallRuns.Losses(alone.Folder), SmallRuns.Losses(shared));
    }

    [Fact]
    public void A_network_that_loses_delays_and_doubles_packets_changes_no_number()
    {
        LongTests.Only("Two runs, one over a bad network");
        using var network = TwoMachines.MakeFarApart();
        var (shared, certificates) = (runs.Folder("shared-far"), runs.Folder("certificates-far"));
        CaclProcess.AssertSuccess(CaclProcess.Run("cluster", "certificates", certificates));
        using var trainer = TrainerOn(network, shared, certificates);
        using var worker = WorkerOn(network, certificates);
        trainer.Until(() => Count(trainer.Output, Joined) == 1);
        var before = network.Packets;
        Assert.True(trainer.WaitForExit(ARun) == 0, trainer.Output);
        Assert.Equal(SmallRuns.Losses(alone.Folder), SmallRuns.Losses(shared));
        var packets = network.Packets;
        Assert.True(packets.Carried > before.Carried + 500 && packets.Lost > 0 && packets.Doubled > 50, $"{packets}");
    }

    [Fact]
    public void What_others_could_reach_is_refused_without_certificates_on_either_side()
    {
        CaclProcess.AssertRefused(
            CaclProcess.Run(runs.Train(
                runs.Folder("run"), "--set", "cacl.cluster.enabled=true", "--set", "cacl.cluster.host=192.0.2.1")),
            "cacl.cluster.host", "is 192.0.2.1, which others can reach", "cacl cluster certificates DIR");
        CaclProcess.AssertRefused(
            CaclProcess.Run("worker", "--role", "decoder", "--join", "192.0.2.1:4053", "--set", $"cacl.data.videos={runs.Clips}"),
            "192.0.2.1 is another machine, and there are no certificates");
    }

    private static string[] AnyPorts => ["--set", "cacl.cluster.port=auto", "--set", "cacl.cluster.data-port=auto"];

    private string[] Train(string run, params string[] more) => Train(runs, run, more);

    private CaclProcess TrainerOn(TwoMachines network, string run, string certificates)
    {
        var trainer = CaclProcess.StartThrough(
            network.OnTrainer,
            Train(
                run,
                [
                    "--set", "cacl.cluster.enabled=true", "--set", $"cacl.cluster.host={TwoMachines.Trainer}", "--set",
                    "cacl.cluster.down-after=3s", "--set", $"cacl.cluster.certificates={certificates}",
                ]));
        trainer.Until(() => Invitation().IsMatch(trainer.Output));
        return trainer;
    }

    private CaclProcess WorkerOn(TwoMachines network, string certificates) => CaclProcess.StartThrough(
        network.OnWorker,
        [
            "worker", "--role", "decoder", "--join", $"{TwoMachines.Trainer}:4053", "--set", $"cacl.data.videos={runs.Clips}",
            "--set", $"cacl.cluster.certificates={certificates}",
        ]);

    private static string[] Train(SmallRuns runs, string run, params string[] more) =>
        runs.Train(run, ["--set", "cacl.training.max-steps=120", "--set", "cacl.http.enabled=false", .. more]);

    private CaclProcess Worker(CaclProcess trainer) => CaclProcess.Start(
        "worker", "--role", "decoder", "--join", Invitation().Match(trainer.Output).Groups[1].Value, "--set",
        $"cacl.data.videos={runs.Clips}", "--set", "cacl.data.decoders=1");

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(@"cacl worker --role decoder --join (\S+)")]
    private static partial Regex Invitation();

    /// <summary>The same run without workers, which is made once, for the first test that asks for it.</summary>
    public sealed class Alone(MadeClips clips) : IDisposable
    {
        private readonly SmallRuns _runs = new(clips);
        private string? _folder;

        internal string Folder => _folder ??= Made();

        public void Dispose() => _runs.Dispose();

        private string Made()
        {
            var folder = _runs.Folder("alone");
            using var trainer = CaclProcess.Start(Train(_runs, folder));
            Assert.True(trainer.WaitForExit(ARun) == 0, trainer.Output);
            return folder;
        }
    }
}
