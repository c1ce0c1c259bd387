using System.Text.Json;
using CACL.Node.Ending;
using CACL.Node.Tests.Commands;

namespace CACL.Node.Tests.Planning;

/// <summary>Tests <c>cacl plan</c> on figures that are given: what follows from them, and what is refused.</summary>
public sealed class TrainingPlanTests
{
    [Fact]
    public void The_papers_training_has_its_steps_and_pairs_and_each_figure_follows_from_those_given()
    {
        var planned = Planned(
            "--videos", "240000", "--epochs", "200", "--cards", "16", "--batch-per-card", "32", "--pairs-per-second", "400",
            "--decode-time", "20ms", "--cores", "16", "--link", "10GB/s", "--network", "1GB/s", "--video-size", "300kB", "--disk-write",
            "500MB/s", "--set", "cacl.checkpoints.every-steps=2000", "--set", "cacl.checkpoints.keep=5");
        Assert.Equal(93_750, planned("steps"));
        Assert.Equal(48_000_000, planned("pairs"));
        Assert.Equal(0.08, planned("step"), 1e-9);
        // ResNet-18 without its classifier has 11,176,512 parameters, each of the three heads 512 × 512 + 512 + 512 × 128 + 128.
        var gradients = 4.0 * (11_176_512 + (3 * 328_320));
        Assert.Equal(2 * 15 / 16.0 * gradients / 10e9, planned("exchange"), 1e-9);
        Assert.Equal(15 / 16.0 * 32 * 3 * 224 * 224 * 4 / 10e9, planned("shuffle"), 1e-9);
        var step = planned("step") + planned("exchange") + planned("shuffle");
        Assert.Equal(512 / step, planned("pairs_a_second"), 1e-6);
        Assert.Equal(93_750 * step / 3600, planned("duration"), 1e-6);
        Assert.Equal(0.02 * 512 / step, planned("decoder_cores"), 1e-6);
        Assert.Equal(512 / step * 301_056, planned("decoded_frames"), 1e-3);
        Assert.Equal(Math.Ceiling(0.02 * 512 / step / 16), planned("decoder_machines"));
        Assert.Equal(512 / step * 300_000, planned("videos_read"), 1e-3);
        Assert.Equal(72e9, planned("videos_on_disk"));
        Assert.Equal(47, planned("checkpoints"));
        Assert.Equal(planned("checkpoint") / 500e6, planned("saving_a_checkpoint"), 1e-9);
        Assert.Equal(6 * planned("checkpoint"), planned("checkpoints_on_disk"));
    }

    [Fact]
    public void A_network_that_carries_less_than_the_cores_decode_asks_for_more_machines()
    {
        string[] line = ["--videos", "1000", "--pairs-per-second", "1000", "--decode-time", "1ms", "--cores", "64"];
        Assert.Equal(1, Planned(line)("decoder_machines"));
        Assert.Equal(4, Planned([.. line, "--network", "100MB/s"])("decoder_machines")); // a thousand pairs of 0.3 MB
    }

    [Fact]
    public void On_a_processor_decoding_takes_its_share_of_the_cores_from_the_step()
    {
        string[] line = ["--videos", "1000", "--pairs-per-second", "32", "--decode-time", "10ms", "--cores", "2"];
        var planned = Planned([.. line, "--set", "cacl.training.device=cpu"]);
        Assert.Equal(0.16, planned("decoding_beside"), 1e-9);
        Assert.Equal(32 / 1.16, planned("pairs_a_second"), 1e-9);
    }

    [Fact]
    public void What_is_not_known_is_no_figure_and_names_the_option_that_helps()
    {
        var (status, output, error) = CommandLine.Run("plan", "--videos", "1000");
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Matches(@"(?m)^step +\? +not known: give --pairs-per-second, or --measure$", output);
        Assert.Matches(@"(?m)^duration +\? ", output);
        Assert.Matches(@"(?m)^pairs +200,000 ", output);
        (_, output, _) = CommandLine.Run(
            "plan", "--videos", "1000", "--pairs-per-second", "100", "--decode-time", "10ms", "--video-size", "1MB", "--disk-write",
            "1GB/s");
        Assert.DoesNotContain("?", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_a_card_has_no_memory_for_is_said_not_to_fit()
    {
        Assert.DoesNotContain("does not fit", Text("--card-memory", "80GB"), StringComparison.Ordinal);
        Assert.Contains("It does not fit: a step of 32 pairs needs at least 1.5 GB, and a card has 1.0 GB", Text("--card-memory", "1GB"),
            StringComparison.Ordinal);

        static string Text(params string[] more) => CommandLine.Run(["plan", "--videos", "1000", .. more]).Output;
    }

    [Fact]
    public void Groups_of_batch_statistics_that_cards_cannot_share_are_named()
    {
        const string note = "set cacl.model.bn-splits = 4 to a multiple of 8.";
        Assert.Contains(note, CommandLine.Run("plan", "--videos", "1000", "--cards", "8").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("bn-splits", CommandLine.Run("plan", "--videos", "1000", "--cards", "2").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--videos: expected a whole number from 1 to 2147483647.", "--videos", "0")]
    [InlineData("--cards: expected a whole number from 1 to 65536.", "--videos", "5", "--cards", "0")]
    [InlineData("--decode-time: expected a time with its unit, such as 19ms or 0.5s.", "--videos", "5", "--decode-time", "19")]
    [InlineData("--link: expected bytes a second, such as 1.2GB/s.", "--videos", "5", "--link", "25GB")]
    [InlineData("--network: expected bytes a second, such as 1.2GB/s.", "--videos", "5", "--network", "-1GB/s")]
    [InlineData("--video-size: expected a size, such as 300kB or 80GB.", "--videos", "5", "--video-size", "big")]
    [InlineData("Option '--videos' is required.")]
    public void A_wrong_line_is_refused(string expected, params string[] line)
    {
        var (status, _, error) = CommandLine.Run(["plan", .. line]);
        Assert.Equal((ExitCodes.Usage, $"{expected}\nTry: cacl plan --help\n"), (status, error));
    }

    [Theory]
    [InlineData("cacl.training.batch-size = 32 cannot be divided among 5 cards: take a multiple of 5, or name each", "--cards", "5")]
    [InlineData(
        "Such a training is impossible. A step puts 32768 rows into the pixel head's queue of 16384", "--cards", "64", "--batch-per-card",
        "32")]
    [InlineData("make a batch of more than a million pairs", "--cards", "60000", "--batch-per-card", "60000")]
    public void An_impossible_training_is_refused(string expected, params string[] more)
    {
        var (status, _, error) = CommandLine.Run(["plan", "--videos", "1000", .. more]);
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static Func<string, double> Planned(params string[] line)
    {
        var (status, output, error) = CommandLine.Run(["plan", "--json", .. line]);
        Assert.True(status == ExitCodes.Success, error);
        var planned = JsonDocument.Parse(output).RootElement.GetProperty("planned");
        return name => planned.GetProperty(name).GetProperty("value").GetDouble();
    }
}
