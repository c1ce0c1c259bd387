using System.Globalization;
using CACL.Learning.Methods;
using CACL.Learning.Networks;
using CACL.Runs.Steps;

namespace CACL.Node.Planning;

/// <summary>Computes what a training will take from what is known about the machines. Each line says how.</summary>
internal sealed class TrainingPlan
{
    /// <summary>Name of the line with the least memory that a card needs.</summary>
    internal const string LeastMemory = "memory a card, at least";

    private const int BytesPerNumber = 4;

    // What a run holds for each video: number, frames, width and height of it, and its place in the order of two epochs.
    private const int VideoInMemory = 32;

    // A row of the catalogue with the times of 300 frames.
    private const int VideoInCatalogue = 770;

    private readonly PlanRequest _plan;
    private readonly PlanFigures _known;
    private readonly MethodOptions _method;
    private readonly List<PlanLine> _lines = [];

    private TrainingPlan(PlanRequest plan, PlanFigures known)
    {
        (_plan, _known, _method) = (plan, known, plan.Settings.ToMethod());
        Length = RunLength.Of(plan.Videos, plan.Batch, plan.Epochs, plan.Settings.Training.MaxSteps);
    }

    private RunLength Length { get; }

    private int Crop => _plan.Settings.Data.CropSize;

    private long Parameters =>
        NetworkShapes.Of(_method.Backbone, _method.HeadSpecs).Where(tensor => !tensor.IsStatistic).Sum(tensor => tensor.Count);

    /// <summary>Returns the answers, in the order in which they follow from each other.</summary>
    /// <param name="plan">What is planned.</param>
    /// <param name="known">What is known about the machines.</param>
    public static IReadOnlyList<PlanLine> Of(PlanRequest plan, PlanFigures known)
    {
        var made = new TrainingPlan(plan, known);
        made.Extent();
        var checkpoint = made.Checkpoints(out var stall);
        var rate = made.Time(stall);
        made.Decoders(rate);
        made.Videos(rate);
        made._lines.AddRange(checkpoint);
        made.Memory();
        return made._lines;
    }

    private void Extent()
    {
        Add("steps", PlanUnit.Count, Length.TotalSteps, _plan.Settings.Training.MaxSteps == 0
            ? $"videos × epochs / batch = {Of(_plan.Videos)} × {Of(_plan.Epochs)} / {Of(_plan.Batch)}, in whole steps"
            : $"videos × epochs / batch in whole steps, at most cacl.training.max-steps = {Of(_plan.Settings.Training.MaxSteps)}");
        Add("pairs", PlanUnit.Count, Length.TotalSteps * _plan.Batch, $"steps × batch = {Of(Length.TotalSteps)} × {Of(_plan.Batch)}");
    }

    private double? Time(double stall)
    {
        List<(string Name, double? Seconds)> parts =
        [
            Part("step", _known.StepSeconds?.Value, _known.StepSeconds is { } step
                ? $"{Of(_plan.BatchPerCard)} pairs on a card, {step.Origin}"
                : "not known: give --pairs-per-second, or --measure"),
        ];
        if (_plan.Cards > 1) parts.AddRange(Exchange());
        if (_known.SharesCores)
        {
            var beside = _plan.BatchPerCard * _known.DecodeSeconds?.Value / _plan.Cores;
            parts.Add(Part("decoding beside", beside, _known.DecodeSeconds is { } decode
                ? $"pairs × decoding a pair / cores, which the step needs too = {Of(_plan.BatchPerCard)} × {Of(decode)} / {_plan.Cores}"
                : "not known: give --decode-time, or --measure"));
        }

        var whole = parts.Aggregate((double?)0, (sum, part) => sum + part.Seconds);
        var words = string.Join(" + ", parts.Select(part => part.Name));
        var rate = _plan.Batch / whole;
        Add("pairs a second", PlanUnit.PairsASecond, rate, $"batch / ({words})");
        Add(
            "duration", PlanUnit.Hours, (Length.TotalSteps * whole + stall) / 3600,
            $"steps × ({words}){(stall > 0 ? " + checkpoints × copy" : "")}; without the wait for slow disks, evaluations and failures");
        if (_known.StepProcessorSeconds is { } spent)
        {
            Add(
                "processor time", PlanUnit.Hours,
                Length.TotalSteps * (spent.Value + (_plan.BatchPerCard * _known.DecodeSeconds?.Value)) * _plan.Cards / 3600,
                $"steps × (processor time of a step + pairs × decoding a pair){(_plan.Cards > 1 ? " × cards" : "")}");
        }

        return rate;
    }

    // A ring sends each number twice, but for the share that a card has already.
    private IEnumerable<(string Name, double? Seconds)> Exchange()
    {
        var others = (_plan.Cards - 1.0) / _plan.Cards;
        var gradients = Parameters * BytesPerNumber;
        yield return Part("exchange", 2 * others * gradients / _known.Link?.Value, _known.Link is { } link
            ? $"2 × (cards - 1) / cards × gradients / link = 2 × {_plan.Cards - 1}/{_plan.Cards} × {Of(gradients, PlanUnit.Bytes)} / "
                + $"{PlanUnit.Text(link.Value, PlanUnit.BytesASecond)}, as if nothing overlapped it"
            : "not known: give --link");
        if (_method is not MomentumOptions) yield break;
        var views = 3L * Crop * Crop * BytesPerNumber * _plan.BatchPerCard;
        yield return Part("shuffle", others * views / _known.Link?.Value, _known.Link is null
            ? "not known: give --link"
            : $"(cards - 1) / cards × the key network's views / link, {Of(_plan.BatchPerCard)} views of 3 × {Crop}² × 4 bytes a card");
    }

    private void Decoders(double? rate)
    {
        var frames = 2L * 3 * Crop * Crop;
        var cores = rate * _known.DecodeSeconds?.Value;
        Add("decoder cores", PlanUnit.Cores, cores, _known.DecodeSeconds is { } decode
            ? $"pairs a second × decoding a pair = {Of(rate)} × {Of(decode)}"
            : "not known: give --decode-time, or --measure");
        Add(
            "decoded frames", PlanUnit.BytesASecond, rate * frames,
            $"pairs a second × 2 × 3 × {Crop}² bytes = {Of(rate)} × {Of(frames, PlanUnit.Bytes)}, all cards");
        if (_known.SharesCores) return;
        var byCores = cores / _plan.Cores;
        var byNetwork = rate * frames / _known.Network?.Value ?? 0;
        Add(
            "decoder machines", PlanUnit.Machines, byCores is null ? null : Math.Ceiling(Math.Max(byCores.Value, byNetwork)),
            $"decoder cores / {Of(_plan.Cores)} cores a machine"
                + (_known.Network is { } network
                    ? $", at least decoded frames / {PlanUnit.Text(network.Value, PlanUnit.BytesASecond)} a machine"
                    : "; give --network to count its network, too"));
    }

    private void Videos(double? rate)
    {
        const string Lack = "not known: give --video-size, or --measure";
        var size = _known.VideoBytes;
        Add("videos read", PlanUnit.BytesASecond, rate * size?.Value, size is null
            ? Lack
            : $"pairs a second × a video's file = {Of(rate)} × {PlanUnit.Text(size.Value, PlanUnit.Bytes)}, at most");
        Add("videos on disk", PlanUnit.Bytes, _plan.Videos * size?.Value, size is null
            ? Lack
            : $"videos × a video's file = {Of(_plan.Videos)} × {PlanUnit.Text(size.Value, PlanUnit.Bytes)}");
        Add(
            "catalogue", PlanUnit.Bytes, (double)_plan.Videos * VideoInCatalogue,
            $"videos × {VideoInCatalogue} bytes, for 300 frames each");
    }

    private List<PlanLine> Checkpoints(out double stall)
    {
        var settings = _plan.Settings.Checkpoints;
        var bytes = CheckpointSize.OfTensors(_method, Length.TotalSteps).Sum(file => file.Bytes);
        // One at the end, unless it falls on one that is due anyway.
        var count = settings.EverySteps == 0 ? 1 : (Length.TotalSteps + settings.EverySteps - 1) / settings.EverySteps;
        stall = count * _known.SnapshotSeconds?.Value ?? 0;
        return
        [
            new("checkpoint", PlanUnit.Bytes, bytes,
                $"the tensors of its {_method.Describe().CheckpointFiles.Count} files, {Of(bytes)} bytes; some kB beside them"),
            new("saving a checkpoint", PlanUnit.Seconds, bytes / _known.DiskWrite?.Value, _known.DiskWrite is { } disk
                ? $"checkpoint / disk = {PlanUnit.Text(bytes, PlanUnit.Bytes)} / {PlanUnit.Text(disk.Value, PlanUnit.BytesASecond)}, "
                    + "beside the steps"
                : "not known: give --disk-write, or --measure"),
            new("checkpoints", PlanUnit.Count, count, $"steps / {Of(settings.EverySteps)}, and one at the end"),
            new("checkpoints on disk", PlanUnit.Bytes, bytes * ((double)settings.Keep + 1),
                $"checkpoint × ({settings.Keep} kept + 1 being written)"),
        ];
    }

    private void Memory()
    {
        var networks = _method is MomentumOptions ? 2 : 1;
        var network = NetworkShapes.Of(_method.Backbone, _method.HeadSpecs).Sum(tensor => tensor.Count);
        var queues = _method.Queues.Sum(queue => (long)queue.Size * queue.Width);
        var tensors = BytesPerNumber * ((networks * network) + (2 * Parameters) + queues);
        var maps = BytesPerNumber * _plan.BatchPerCard * NetworkMaps.KeptForBackward(_method.Backbone, Crop);
        Add(
            LeastMemory, PlanUnit.Bytes, (double)tensors + maps,
            $"networks, gradients, momentum and queues {PlanUnit.Text(tensors, PlanUnit.Bytes)} + maps for the backward pass "
                + $"{PlanUnit.Text(maps, PlanUnit.Bytes)} in float32");
        if (_known.StepMemory is { } step) Add("memory a card", PlanUnit.Bytes, step.Value, step.Origin);
        Add(
            "memory for the videos", PlanUnit.Bytes, (double)_plan.Videos * VideoInMemory,
            $"videos × {VideoInMemory} bytes, on the processor's side of each trainer");
    }

    // A part of the time that a step takes.
    private (string Name, double? Seconds) Part(string name, double? seconds, string formula)
    {
        Add(name, PlanUnit.Seconds, seconds, formula);
        return (name, seconds);
    }

    private void Add(string name, string unit, double? value, string formula) => _lines.Add(new PlanLine(name, unit, value, formula));

    private static string Of(KnownFigure seconds) => PlanUnit.Text(seconds.Value, PlanUnit.Seconds);

    private static string Of(double? rate) => rate is { } value ? PlanUnit.Text(value, PlanUnit.PairsASecond) : "?";

    private static string Of(long bytes, string unit) => PlanUnit.Text(bytes, unit);

    private static string Of(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
