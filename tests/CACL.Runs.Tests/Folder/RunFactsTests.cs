using System.Text.Json.Nodes;
using CACL.Runs.Folder;
using CACL.Testing;
using CsCheck;

namespace CACL.Runs.Tests.Folder;

public sealed class RunFactsTests : IDisposable
{
    private static readonly Gen<StartFacts> Start =
        Gen.Select(
            Gen.Select(Gen.DateTimeOffset, Gen.Long[1, 1_000_000_000_000], Gen.String),
            Gen.Select(Gen.Int[1, 512], Gen.Int[0, 512], Gen.Int[1, 1024]),
            Gen.Select(Gen.String, Word("cpu", "cuda:0"), Gen.String.Null()),
            Gen.Select(Word("float32", "bfloat16"), Word("in-process", "isolated")))
        .Select((when, numbers, device, words) => new StartFacts
        {
            Time = when.Item1,
            FirstStep = when.Item2,
            Version = when.Item3,
            Threads = numbers.Item1,
            InteropThreads = numbers.Item2,
            Decoders = numbers.Item3,
            DecodersChosen = numbers.Item3 % 2 == 0,
            DeviceSetting = device.Item1,
            Device = device.Item2,
            DeviceName = device.Item3,
            Precision = words.Item1,
            Decoder = words.Item2,
        });

    private readonly TemporaryFolder _folder = new();

    private static Gen<string> Word(string one, string other) => Gen.Bool.Select(first => first ? one : other);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_again_also_by_a_version_that_does_not_know_every_field() =>
        Gen.Select(Gen.String, Start.Array[0, 4]).Sample((videos, starts) =>
        {
            using var folder = new TemporaryFolder();
            new RunFacts(videos, starts).Write(folder.Path);
            AssertRead();

            var file = folder.File(RunFacts.Name);
            var json = JsonNode.Parse(File.ReadAllText(file))!;
            json["written_by_a_later_version"] = new JsonArray(1, "two", null);
            foreach (var start in json["starts"]!.AsArray()) start!["nodes"] = new JsonObject { ["count"] = 4 };
            File.WriteAllText(file, json.ToJsonString());
            AssertRead();

            void AssertRead()
            {
                var read = RunFacts.Read(folder.Path)!;
                Assert.Equal(videos, read.Videos);
                Assert.Equal(starts, read.Starts);
            }
        }, iter: 100);

    [Fact]
    public void A_start_is_added_behind_the_earlier_ones_and_the_videos_are_those_it_begins_with() =>
        Gen.Select(Start.Array[0, 4], Start, Gen.String).Sample((earlier, start, videos) =>
        {
            var with = RunFacts.With(new RunFacts("then", earlier), videos, start);
            Assert.Equal([.. earlier, start], with.Starts);
            Assert.Equal(videos, with.Videos);
            Assert.Equal([start], RunFacts.With(null, videos, start).Starts);
        }, iter: 50);

    [Fact]
    public void Every_step_belongs_to_the_start_that_computed_it_last() =>
        Gen.Select(Start, Gen.Int[1, 12], Gen.Int[1, 30]).Array[1, 6].Sample(parts =>
        {
            // Each part starts from a checkpoint of an earlier one, or anew, and runs for some steps.
            var computed = new Dictionary<long, StartFacts>();
            var starts = new List<StartFacts>();
            foreach (var (facts, back, steps) in parts)
            {
                var start = facts with { FirstStep = Math.Max(1, computed.Keys.DefaultIfEmpty(0).Max() + 2 - back) };
                starts.Add(start);
                foreach (var step in computed.Keys.Where(step => step >= start.FirstStep).ToList()) computed.Remove(step);
                for (var step = start.FirstStep; step < start.FirstStep + steps; step++) computed[step] = start;
            }

            var run = new RunFacts("", starts);
            foreach (var (step, start) in computed) Assert.Same(start, run.StartOf(step));
        }, iter: 100);

    [Fact]
    public void A_step_of_before_the_first_known_start_belongs_to_none()
    {
        var facts = new RunFacts("", [Start.Single() with { FirstStep = 11 }]);
        Assert.Null(facts.StartOf(10));
        Assert.NotNull(facts.StartOf(11));
    }

    [Fact]
    public void A_folder_of_an_earlier_version_has_none() => Assert.Null(RunFacts.Read(_folder.Path));

    [Theory]
    [InlineData("", "does not contain any JSON tokens")]
    [InlineData("null", "it is null")]
    [InlineData("{\"videos\":\"12 videos\"", "is damaged")]
    [InlineData("{\"videos\":\"12 videos\"}", "starts")]
    [InlineData("{\"videos\":null,\"starts\":[]}", "videos")]
    [InlineData("{\"videos\":\"12 videos\",\"starts\":[null]}", "a start has no first step")]
    [InlineData("{\"videos\":\"12 videos\",\"starts\":[{\"first_step\":1}]}", "threads")]
    public void A_damaged_one_is_told_with_the_remedy(string text, string words)
    {
        File.WriteAllText(_folder.File(RunFacts.Name), text);
        var told = Assert.Throws<RunFolderException>(() => RunFacts.Read(_folder.Path)).Message;
        Assert.StartsWith($"{_folder.File(RunFacts.Name)} is damaged (", told, StringComparison.Ordinal);
        Assert.Contains(words, told, StringComparison.Ordinal);
        Assert.EndsWith("Put the file back, or delete it.", told, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_is_refused_and_not_waited_for()
    {
        SpecialFiles.Pipe(_folder.File(RunFacts.Name));
        Assert.Contains(
            "run.json cannot be read", Assert.Throws<RunFolderException>(() => RunFacts.Read(_folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_folder_that_begins_holds_it_and_one_that_is_overwritten_does_not()
    {
        var facts = new RunFacts("12 videos", [Start.Single()]);
        using (var run = RunFolder.Open(_folder.File("run"), RunStart.New)) run.Begin("cacl {}", 0, facts: facts);
        Assert.Equal(facts.Starts, RunFacts.Read(_folder.File("run"))!.Starts);
        using var again = RunFolder.Open(_folder.File("run"), RunStart.Overwrite);
        Assert.Null(RunFacts.Read(_folder.File("run")));
    }
}
