using System.Globalization;
using CACL.Actors.Contracts;
using CACL.Configuration.Hocon;
using CACL.Configuration.Reading;
using CACL.Data.DataSets;
using CACL.Runs.Evaluations;

namespace CACL.Node.Settings;

/// <summary>A labelled data set on which a training is evaluated.</summary>
/// <param name="Name">Its name in results, triggers and folders: letters, digits, <c>. _ -</c>.</param>
/// <param name="Kind">Its layout.</param>
/// <param name="Data">Its folder, absolute.</param>
internal sealed record EvaluatedDataSet(string Name, DataSetKind Kind, string Data)
{
    /// <summary>Split to train on; null: as cacl.evaluation.train-split says.</summary>
    public string? TrainSplit { get; init; }

    /// <summary>Split to score; null: as cacl.evaluation.test-split says.</summary>
    public string? TestSplit { get; init; }

    /// <summary>One of <see cref="EvaluationProtocols.All"/>; null: as cacl.evaluation.protocol says.</summary>
    public string? Protocol { get; init; }

    /// <summary>full or quick; null: as cacl.evaluation.variant says.</summary>
    public string? Variant { get; init; }

    /// <summary>Share of the labelled images, for the limited protocol; null: 0.01.</summary>
    public double? Fraction { get; init; }

    /// <summary>Steps between two evaluations on it; 0: none by steps.</summary>
    public int? EverySteps { get; init; }

    /// <summary>Epochs between two evaluations on it; 0: none by epochs.</summary>
    public int? EveryEpochs { get; init; }

    /// <summary>Its own period, which takes the place of the one of all data sets; null: it has none.</summary>
    public EvaluationPeriod? Period =>
        EverySteps is null && EveryEpochs is null ? null : new EvaluationPeriod(EverySteps ?? 0, EveryEpochs ?? 0);
}

/// <summary>
/// Settings under <c>cacl.evaluation</c> that decide what is evaluated during a training, and when; reference.conf says what each means.
/// </summary>
internal sealed record TrainingEvaluationSettings
{
    public required IReadOnlyList<EvaluatedDataSet> DataSets { get; init; }

    public required string Protocol { get; init; }

    public required string Variant { get; init; }

    /// <summary>Steps; 0: none.</summary>
    public required int EverySteps { get; init; }

    /// <summary>Epochs; 0: none.</summary>
    public required int EveryEpochs { get; init; }

    public required bool AtEnd { get; init; }

    public required IReadOnlyList<MetricCondition> When { get; init; }

    public required TimeSpan Deadline { get; init; }

    public required int Attempts { get; init; }

    public required BackOff Retry { get; init; }

    public static TrainingEvaluationSettings Read(SettingsReader reader) => new()
    {
        DataSets = EvaluatedDataSets.Read(reader),
        Protocol = reader.Choice("cacl.evaluation.protocol", [.. EvaluationProtocols.All.Select(p => (p, p))]),
        Variant = reader.Choice(
            "cacl.evaluation.variant", (EvaluationProtocols.Quick, EvaluationProtocols.Quick),
            (EvaluationProtocols.Full, EvaluationProtocols.Full)),
        EverySteps = reader.Integer("cacl.evaluation.every-steps", 0, int.MaxValue),
        EveryEpochs = reader.Integer("cacl.evaluation.every-epochs", 0, int.MaxValue),
        AtEnd = reader.Boolean("cacl.evaluation.at-end"),
        When = reader.Elements<MetricCondition>("cacl.evaluation.when", ReadCondition, c => HoconWriter.Text(c.ToString())),
        Deadline = reader.Duration("cacl.evaluation.deadline", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        Attempts = reader.Integer("cacl.evaluation.attempts", 1, 100),
        Retry = BackOffSettings.Read(reader, "cacl.evaluation.retry"),
    };

    /// <summary>Returns the options of the evaluator actor.</summary>
    public EvaluatorOptions ToOptions() => new()
    {
        Targets = [.. DataSets.Select(TargetOf)],
        Schedule = new EvaluationSchedule { EverySteps = EverySteps, EveryEpochs = EveryEpochs, AtEnd = AtEnd, When = When },
        OwnPeriods = DataSets.Where(d => d.Period is not null).ToDictionary(d => d.Name, d => d.Period!),
        Deadline = Deadline,
        Attempts = Attempts,
        BackOff = Retry,
    };

    private EvaluationTarget TargetOf(EvaluatedDataSet dataSet)
    {
        var protocol = dataSet.Protocol ?? Protocol;
        double? fraction = protocol == EvaluationProtocols.Limited ? dataSet.Fraction ?? EvaluationProtocols.DefaultFraction : null;
        return new EvaluationTarget(dataSet.Name, protocol, dataSet.Variant ?? Variant, fraction);
    }

    private static MetricCondition? ReadCondition(HoconValue value, Action<string> wrong)
    {
        if (value is not HoconScalar { IsNull: false } text)
        {
            wrong("holds something other than conditions such as \"loss < 4.2\".");
            return null;
        }

        if (MetricCondition.TryParse(text.Text, KnownMethods.Figures, out var condition, out var fault)) return condition;
        wrong(string.Create(CultureInfo.InvariantCulture, $"holds '{text.Text}', which {fault}."));
        return null;
    }
}
