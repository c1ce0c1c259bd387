using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Byol;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Methods.MocoV2;
using CACL.Learning.Methods.SimClr;
using CACL.Runs.Folder;
using CACL.Runs.Steps;
using CACL.Testing;

namespace CACL.Runs.Tests.Steps;

public sealed class CollapseWatchTests
{
    private const double Near = 0.001;
    private const double Apart = 0.2;

    // Of the frames, under a network that has learnt nothing.
    private const double Untrained = 0.013;

    [Fact]
    public void A_head_is_told_once_when_it_has_been_collapsed_for_a_hundred_steps_in_a_row()
    {
        // 75 steps apart, 50 alike, one apart, then alike to the end.
        var told = Observe(300, step => step is <= 75 or 126 ? Apart : Near);
        var (at, head) = Assert.Single(told);
        Assert.Equal(226, at);
        Assert.Equal(("cycle", 127L, Near, Alike.PixelsOfAFrame), (head.Head, head.Since, head.Spread, head.Alike));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(double.NaN)]
    public void A_head_above_the_limit_or_without_a_number_is_not_collapsed(double spread) =>
        Assert.Empty(Observe(300, _ => spread));

    [Fact]
    public void Each_head_is_watched_by_itself()
    {
        var watch = new CollapseWatch(new CaclOptions().Describe());
        var told = Enumerable.Range(1, 250)
            .SelectMany(step => watch.Observe(Step(step, (Heads.Cycle, Near, Apart), (Heads.Pixel, step <= 60 ? Apart : Near, Near))))
            .ToList();
        Assert.Equal(
            [("cycle", 1L, Alike.PixelsOfAFrame), ("pixel", 61L, Alike.PixelsOfAllFrames)],
            told.Select(head => (head.Head, head.Since, head.Alike)));
    }

    public static TheoryData<string> MethodsOfFrames => [MocoOptions.Word, SimClrOptions.Word, ByolOptions.Word];

    [Theory]
    [MemberData(nameof(MethodsOfFrames))]
    public void A_head_that_sees_whole_frames_alone_is_watched_by_them(string word)
    {
        MethodOptions[] all = [new MocoOptions(), new SimClrOptions(), new ByolOptions()];
        var method = all.Select(options => options.Describe()).Single(description => description.Word == word);
        var frames = Assert.Single(method.Metrics, metric => metric.Kind == MetricKind.FrameSpread);
        var watch = new CollapseWatch(method);
        // 60 steps apart, then alike to the end.
        var head = Assert.Single(Enumerable.Range(1, 300).SelectMany(step => watch.Observe(
            new StepMetrics(step, step / 10.0, new StepResult(1, [new(frames, step <= 60 ? Untrained : Near)], 0.1), 1, 0, 4))));
        Assert.Equal(("global", 61L, Near, Alike.Frames), (head.Head, head.Since, head.Spread, head.Alike));
        Assert.Contains(
            "since step 61 it gives all frames nearly the same vector (spread 0.0010; collapsed is below 0.005)", head.What);
        Assert.StartsWith("the training goes on, but ", head.Consequence);
        Assert.Contains("a lower cacl.training.learning-rate", head.Consequence);
    }

    [Fact]
    public void The_global_head_is_watched_by_its_frames_too()
    {
        var watch = new CollapseWatch(new CaclOptions().Describe());
        var told = Enumerable.Range(1, 400)
            .SelectMany(step => watch.Observe(Step(
                step, (Heads.Global, step <= 200 ? Apart : Near, step <= 10 ? Untrained : Near), (Heads.Pixel, Apart, Near))))
            .Select(head => (head.Head, head.Since, head.Alike));
        Assert.Equal([("global", 11L, Alike.Frames), ("global", 201L, Alike.PixelsOfAllFrames)], told);
    }

    [Fact]
    public void Who_hears_that_all_pixels_are_alike_is_not_told_of_the_frames_besides()
    {
        var watch = new CollapseWatch(new CaclOptions().Describe());
        var told = Enumerable.Range(1, 300).SelectMany(step => watch.Observe(Step(step, (Heads.Global, Near, Near))));
        Assert.Equal(Alike.PixelsOfAllFrames, Assert.Single(told).Alike);
    }

    [Theory]
    [InlineData(13, 110, 112L)] // collapsed since step 13: told in step 112, after the resume
    [InlineData(13, 112, null)] // told before the resume
    [InlineData(13, 700, null)] // told long before
    [InlineData(701, 700, 800L)] // began after the resume
    public void A_resumed_run_hears_of_a_collapse_in_time_and_once(int since, int resumedAfter, long? toldAt)
    {
        using var run = new TemporaryFolder();
        File.WriteAllLines(
            run.File(RunFiles.Metrics),
            Enumerable.Range(1, resumedAfter).Select(step => MetricsLine.Of(Of(step)).ToJsonString()));
        var watch = CollapseWatch.After(new CaclOptions().Describe(), run.Path, resumedAfter);
        var told = Enumerable.Range(resumedAfter + 1, 200).SelectMany(step => watch.Observe(Of(step)).Select(head => (step, head.Since)));
        Assert.Equal(toldAt is { } at ? [((int)at, (long)since)] : [], told);

        StepMetrics Of(int step) => Step(step, (Heads.Cycle, step < since ? Apart : Near, Apart));
    }

    [Fact]
    public void Steps_that_come_again_after_a_roll_back_are_counted_from_there()
    {
        var watch = new CollapseWatch(new CaclOptions().Describe());
        long[] steps = [.. Enumerable.Range(51, 99), .. Enumerable.Range(40, 100)];
        var told = steps.SelectMany(step => watch.Observe(Step(step, (Heads.Cycle, Near, Apart))).Select(head => (step, head.Since)));
        Assert.Equal([(139L, 40L)], told);
    }

    [Fact]
    public void The_words_say_which_head_since_when_what_it_means_and_what_to_try()
    {
        var head = Assert.Single(Observe(120, _ => Near)).Head;
        Assert.Equal(
            "the cycle head has collapsed: since step 1 it gives all pixels of a frame nearly the same vector (spread 0.0010; collapsed is "
                + "below 0.02)",
            head.What);
        Assert.Equal(
            "the training goes on, but the cycle loss teaches nothing about single pixels, and a collapsed cycle has not been seen to come "
                + "back; for a new run, try cacl.model.cycle-target = hard, cacl.model.temperature = 0.02, a warm-up "
                + "(cacl.training.warmup-epochs), larger crops (cacl.data.crop-size) or cacl.model.heads without cycle",
            head.Consequence);
        Assert.Contains("all pixels of all frames", (head with { Alike = Alike.PixelsOfAllFrames }).What);
    }

    [Fact]
    public void What_is_advised_is_not_what_the_run_does_already()
    {
        string Of(CaclOptions options, string head)
        {
            var advice = options.Describe().OnCollapse.Single(a => a.Head == head && a.By == MetricKind.Spread);
            return $"{advice.Meaning}; {advice.Remedy}";
        }

        var usual = new CaclOptions();
        Assert.Contains("the pixels' positives and the cycle's target", Of(usual, "global"));
        Assert.Contains("cycle-target = hard", Of(usual, "global"));
        var plain = usual with { Positives = Positives.SamePosition, CycleTarget = CycleTarget.Hard };
        Assert.DoesNotContain("cycle-target", Of(plain, "global"));
        Assert.DoesNotContain("positives", Of(plain, "global"));
        Assert.DoesNotContain("positives", Of(plain, "pixel"));
        Assert.Contains("cycle-target = hard", Of(usual, "cycle"));
        Assert.DoesNotContain("cycle-target", Of(plain, "cycle"));
        Assert.Contains("temperature = 0.02", Of(usual, "cycle"));
        Assert.DoesNotContain("temperature", Of(usual with { Temperature = 0.02 }, "cycle"));
        Assert.Equal(
            [("global", MetricKind.Spread), ("global", MetricKind.FrameSpread)],
            (usual with { Heads = Heads.Global }).Describe().OnCollapse.Select(a => (a.Head, a.By)));
    }

    private static List<(long Step, CollapsedHead Head)> Observe(int steps, Func<int, double> spread)
    {
        var watch = new CollapseWatch(new CaclOptions().Describe());
        return
        [
            .. Enumerable.Range(1, steps).SelectMany(
                step => watch.Observe(Step(step, (Heads.Global, Apart, Apart), (Heads.Cycle, spread(step), Apart))),
                (step, head) => ((long)step, head)),
        ];
    }

    private static StepMetrics Step(long step, params (Heads Head, double Pixels, double Frames)[] spreads)
    {
        var metrics = CaclResults.Metrics;
        var result = CaclResults.With(
            CaclResults.Of(1, global: 1),
            [.. spreads.Select(s => (metrics.Spread[s.Head], s.Pixels)), .. spreads.Select(s => (metrics.FrameSpread[s.Head], s.Frames))]);
        return new StepMetrics(step, step / 10.0, result, 1, 0, 4);
    }
}
