using System.Text.Json.Nodes;

namespace CACL.Node.Tests.Benchmarks;

/// <summary>Checks tools/bench: turns, table, JSON, and what is left out; nothing is measured.</summary>
public sealed class BenchSuiteTests : IDisposable
{
    // The first run of a program is its slowest, the second its fastest.
    private const string Decode = """
        n=$(grep -c "decode" "$(dirname "$0")/asked")
        case $n in 1) rate=100 ;; 2) rate=400 ;; *) rate=200 ;; esac
        [ "$1" = decode ] && echo "{\"command\":\"decode\",\"pairs_per_s\":$rate}" || exit 3
        """;

    private readonly StandInMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Programs_take_turns_and_the_table_has_their_medians_and_ratio()
    {
        _machine.Script("benchmarks", "echo '{\"pairs_per_s\":150}'");
        _machine.Script("python", "[ \"$1\" = -c ] && echo 9.9 || echo 'a word\n{\"pairs_per_s\":50}'");
        var (exit, output) = _machine.BenchBesidePeer("--only", "decode", "--pairs", "3");
        Assert.Equal(0, exit);
        Assert.Contains("| decode, raw clips, S = 224, workers: 1 | 150 pairs/s | 50.0 pairs/s | 3.00× as fast |", output);
        Assert.Contains("peer:         PyTorch 9.9", output);
        Assert.Contains("| decode, raw clips, four epochs a pass, S = 224, workers: 1 | 150 pairs/s | 50.0 pairs/s | 3.00× as fast |", output);
        var turns = _machine.Asked.Where(line => line.Contains("--workers 1")).Select(line => line.Split(' ')[0]);
        string[] ofARow = ["benchmarks", "python", "python", "benchmarks", "benchmarks", "python"];
        Assert.Equal([.. ofARow, .. ofARow], turns);
    }

    [Fact]
    public void The_median_of_the_repetitions_counts_and_json_has_each_of_them()
    {
        _machine.Script("benchmarks", Decode);
        var (exit, output) = _machine.Bench("--only", "decode", "--pairs", "3");
        Assert.Equal(0, exit);
        Assert.Contains("workers: 1 | 200 pairs/s | – | – |", output);
        var row = Row("decode, raw clips, S = 224, workers: 1");
        Assert.Equal("[100,400,200]", row["ours_runs"]!.ToJsonString());
        Assert.Equal(200, row["ours"]!.GetValue<double>());
        Assert.Null(row["ratio"]);
        Assert.StartsWith("no peer", _machine.Json["machine"]!["peer"]!.ToString());
        Assert.Equal(3, _machine.Json["machine"]!["repetitions"]!.GetValue<int>());
    }

    [Fact]
    public void What_the_machine_lacks_is_left_out_with_the_reason_and_is_no_failure()
    {
        _machine.Script("benchmarks", "echo 'There is no device cuda here.' >&2; exit 3");
        var (exit, output) = _machine.BenchBesidePeer("--only", "augmentation,step", "--device", "cuda", "--quick");
        Assert.Equal(0, exit);
        Assert.Contains("| step on cuda, tf32, R18, B = 4, S = 64, K = 256 | – | – | There is no device cuda here. |", output);
        Assert.Contains("| augmentation on cuda, B = 4, S = 64 | – | – | There is no device cuda here. |", output);
        Assert.DoesNotContain(_machine.Asked, line => line.StartsWith("python") && !line.StartsWith("python -c"));
    }

    [Fact]
    public void What_fails_is_said_and_the_others_are_measured_nevertheless()
    {
        _machine.Script("benchmarks", "[ $1 = augmentation ] && echo '{\"seconds\":0.5}' || { echo 'It broke.' >&2; exit 1; }");
        var (exit, output) = _machine.Bench("--only", "augmentation,snapshot", "--quick");
        Assert.Equal(1, exit);
        Assert.Contains("| augmentation on cpu, B = 4, S = 64 | 0.500 s | – | – |", output);
        Assert.Matches(@"\| snapshot on cpu, R18, K = 256 \| – \| – \| failed: .*It broke\. \|", output);
    }

    [Fact]
    public void A_peer_that_fails_leaves_our_figure_without_a_ratio()
    {
        _machine.Script("benchmarks", "echo '{\"pairs_per_s\":150}'");
        var (exit, output) = _machine.BenchBesidePeer("--only", "decode", "--pairs", "2");
        Assert.Equal(1, exit);
        Assert.Matches(@"workers: 1 \| 150 pairs/s \| – \| failed: python peer\.py decode … ended with exit code 4", output);
    }

    [Fact]
    public void A_step_has_its_parts_and_its_ratio_is_of_times()
    {
        _machine.Script("benchmarks", "echo '{\"step_seconds\":2,\"transfer_seconds\":0.25,\"forward_seconds\":0.5,"
            + "\"backward_seconds\":1,\"optimiser_seconds\":0.125}'");
        _machine.Script("python", "[ \"$1\" = -c ] && echo 9.9 || echo '{\"step_seconds\":3}'");
        var (_, output) = _machine.BenchBesidePeer("--only", "step", "--quick");
        Assert.Contains(
            """
            | step on cpu, fp32, R18, B = 4, S = 64, K = 256 | 2.00 s | 3.00 s | 1.50× as fast |
            | … its transfer and augmentation | 0.250 s | – | – |
            | … its forward | 0.500 s | – | – |
            | … its backward | 1.00 s | – | – |
            | … its optimiser | 0.125 s | – | – |
            | step on cpu, bf16,
            """,
            output);
    }

    [Fact]
    public void On_a_card_the_peer_is_the_script_for_cards_and_a_recorded_step_is_measured_too()
    {
        File.WriteAllText(Path.Combine(_machine.Folder, "peer", "peer_gpu.py"), "");
        _machine.Script("benchmarks", "case \"$*\" in *'--cuda-graph 1'*) echo '{\"step_seconds\":1}' ;; *) echo '{\"step_seconds\":2}' ;; esac");
        _machine.Script("python", "[ \"$1\" = -c ] && echo 9.9 || echo '{\"step_seconds\":3}'");
        var (exit, output) = _machine.BenchBesidePeer("--only", "step", "--device", "cuda", "--quick");
        Assert.Equal(0, exit);
        Assert.Contains("| step on cuda, tf32, R18, B = 4, S = 64, K = 256 | 2.00 s | 3.00 s | 1.50× as fast |", output);
        Assert.Contains("| … replayed as a CUDA graph | 1.00 s | 3.00 s | 3.00× as fast |", output);
        Assert.Contains(
            _machine.Asked, line => line.Contains("peer_gpu.py --backbone resnet18 --batch 4 --size 64 --queue 256 --precision bf16 --steps 2"));
    }

    [Theory]
    [InlineData(false, "raw")]
    [InlineData(true, "prepared")]
    public void Prepared_clips_are_measured_where_the_program_can_prepare_them(bool canPrepare, string last)
    {
        _machine.Script("benchmarks", "echo '{\"pairs_per_s\":150}'");
        if (canPrepare) _machine.Script("cacl", "[ \"$2\" = --help ] && echo '  prepare <DIR OUT>  Makes copies.' || true");
        var (exit, output) = _machine.Bench("--only", "decode", "--quick");
        Assert.Equal(0, exit);
        Assert.Contains(canPrepare ? "prepared clips, S = 224, workers: 1 | 150 pairs/s" : "has no verb videos prepare |", output);
        var decoded = _machine.Asked.Last(line => line.StartsWith("benchmarks decode")).Split(' ')[2];
        Assert.StartsWith(last == "raw" ? "videos" : "prepared-", Path.GetFileName(decoded));
        if (canPrepare) Assert.Contains(_machine.Asked, line => line.StartsWith($"cacl videos prepare {_machine.Folder}/videos {decoded}"));
    }

    [Fact]
    public void Calls_a_step_are_the_difference_between_two_counted_runs()
    {
        _machine.Script("counter", "while [ \"$1\" != --steps ]; do shift; done; echo \"$((1000 + $2 * 70)) calls in all\" >&2");
        var (exit, output) = _machine.Bench("--only", "calls", "--quick", "--call-counter", $"{Path.Combine(_machine.Folder, "counter")} -q");
        Assert.Equal(0, exit);
        Assert.Contains("| calls a step, R18, B = 4, S = 64, K = 256 | 70.0 | – | – |", output);
        Assert.Contains(_machine.Asked, line => line.StartsWith($"counter -q {_machine.Folder}/benchmarks step"));
    }

    [Fact]
    public void Calls_are_left_out_where_nothing_counts_them() =>
        Assert.Contains("| – | – | calls are counted by a program that", _machine.Bench("--only", "calls", "--quick").Output);

    [Fact]
    public void A_run_counts_every_wait_of_its_steps_but_the_first()
    {
        _machine.Script("python", "[ \"$1\" = -c ] && echo 9.9 || echo '{\"pairs_per_s\":20,\"data_wait_share\":0.25}'");
        var (exit, output) = _machine.BenchBesidePeer("--only", "run", "--quick");
        Assert.Equal(0, exit);
        Assert.Contains("fp32, R18, B = 4, S = 64, K = 256, decoders: 2 | 40.0 pairs/s | 20.0 pairs/s | 2.00× as fast |", output);
        Assert.Contains("| … its share of waiting for data | 50.0 % | 25.0 % | 2.00× as much |", output);
    }

    [Fact]
    public void The_slow_down_by_checkpoints_is_that_of_the_trainings_time()
    {
        // 0.1 s a step without them; the stand-in adds a second to each step with them.
        var (exit, output) = _machine.Bench("--only", "checkpoint", "--quick");
        Assert.Equal(0, exit);
        Assert.Contains("S = 64, 5 steps | 160 pairs/s | – | – |", output);
        Assert.Contains("| … slow-down with a checkpoint every 2 steps | 90.9 % | – | – |", output);
        Assert.Contains("| … what a fair share of the cores for the evaluations would take | 0.0000 % | – | – |", output);
    }

    [Fact]
    public void The_table_says_on_which_machine_it_was_measured()
    {
        _machine.Script("cacl", "case $1 in doctor) echo '✓ processor  2 cores, Abacus'; echo '! disk  full' ;; --version) echo 1.2.3 ;; esac");
        var (_, output) = _machine.Bench("--only", "calls", "--quick", "--threads", "3");
        Assert.Contains("processor:    2 cores, Abacus", output);
        Assert.Contains("threads:      3", output);
        Assert.Contains("cacl:         1.2.3", output);
        Assert.DoesNotContain("disk", output);
        Assert.Equal("2 cores, Abacus", _machine.Json["machine"]!["processor"]!.ToString());
    }

    [Theory]
    [InlineData("--only", "decode,sleep", "there is no sleep. There are: decode, augmentation")]
    [InlineData("--device", "gpu", "there is no gpu. There are: cpu, cuda")]
    [InlineData("--pairs", "0", "--pairs: expected a whole number from 1")]
    public void A_wrong_option_is_named(string option, string value, string message)
    {
        var (exit, _) = _machine.Bench(option, value);
        Assert.Equal(2, exit);
        Assert.Contains(message, _machine.Progress);
        Assert.Empty(_machine.Asked);
    }

    private JsonNode Row(string what) => Assert.Single(_machine.Json["rows"]!.AsArray(), row => row!["what"]!.ToString() == what)!;
}
