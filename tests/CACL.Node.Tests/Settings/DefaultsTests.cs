using System.Collections;
using System.Reflection;
using CACL.Actors.Contracts;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Http;
using CACL.Http.Probes;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Optimisation;
using CACL.Node.Settings;
using CACL.Runs.Live;

namespace CACL.Node.Tests.Settings;

/// <summary>
/// Checks that the defaults of records equal those of reference.conf: users get the latter, tests of the records the former.
/// </summary>
public sealed class DefaultsTests
{
    private static readonly RunSettings Reference = ConfigurationFiles.Defaults().Settings;

    private static readonly RunOptions ReferenceRun = Reference.ToRunOptions("/run", "cpu", new Dictionary<string, string>());

    /// <summary>Each record as reference.conf alone makes it, and with its own defaults.</summary>
    private static readonly (object FromReference, object OwnDefault)[] Records =
    [
        (
            ReferenceRun,
            new RunOptions { Directory = "/run", Device = "cpu", Decoders = 2, Sampling = new(), Method = new CaclOptions().Describe() }),
        (ReferenceRun.Evaluation, new EvaluatorOptions()),
        (ReferenceRun.Evaluation.Schedule, new EvaluationSchedule()),
        (Reference.ToSamplingOptions(), new SamplingOptions()),
        (Reference.ToCaclOptions(), new CaclOptions()),
        (Reference.Training.Optimiser, new OptimiserOptions()),
        .. KnownMethods.All.Where(method => method != KnownMethods.Cacl).Select(method => ((object)Own(method), (object)method.Defaults)),
        (Reference.Evaluation.Linear, new LinearOptions()),
        (Reference.Evaluation.Limited, new LimitedOptions()),
        (Reference.Evaluation.Clusters, new ClusterOptions()),
        (Reference.Evaluation.Neighbours, new NeighbourOptions()),
        (Reference.Evaluation.Tiles, new TileOptions()),
        (Reference.Evaluation.Features, new FeatureOptions()),
        (Reference.Data.ToScanOptions(), new ScanOptions()),
        (Reference.Http, new HttpOptions()),
        (Reference.Telemetry.Health, new HealthOptions()),
    ];

    // A rival's options as its own settings make them.
    private static CACL.Learning.Methods.MethodOptions Own(KnownMethod method) =>
        ConfigurationFiles.Load([], [$"{KnownMethods.Key}={method.Word}"], new Dictionary<string, string>()).Settings.ToMethod();

    public static TheoryData<string> Names => [.. Records.Select(r => r.OwnDefault.GetType().Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_says_by_itself_what_reference_conf_says(string name)
    {
        var (reference, own) = Records.Single(r => r.OwnDefault.GetType().Name == name);
        var compared = Optional(own.GetType());
        Assert.NotEmpty(compared);
        Assert.Empty(compared
            .Select(p => (p.Name, Reference: p.GetValue(reference), Own: p.GetValue(own)))
            .Where(p => !Same(p.Reference, p.Own))
            .Select(p => $"{p.Name}: reference.conf {Text(p.Reference)}, the record {Text(p.Own)}"));
    }

    [Fact]
    public void Every_record_of_options_that_has_defaults_is_held_to_reference_conf()
    {
        Type[] inEach = [typeof(VideoCatalog), typeof(CaclOptions), typeof(RunOptions), typeof(LiveSettings), typeof(HttpOptions),
            typeof(RunSettings)];
        var found = inEach.SelectMany(type => type.Assembly.GetTypes())
            .Where(t => !t.IsAbstract && t.GetMethod("<Clone>$") is not null && Endings.Any(e => t.Name.EndsWith(e, StringComparison.Ordinal)))
            .Where(t => Optional(t).Count > 0)
            .Select(t => t.FullName!).Order(StringComparer.Ordinal);
        Assert.Equal(Records.Select(r => r.OwnDefault.GetType().FullName!).Concat(WithoutKeys).Order(StringComparer.Ordinal), found);
    }

    private static readonly string[] Endings = ["Options", "Settings", "Schedule"];

    /// <summary>Records whose optional members no key sets.</summary>
    private static readonly string[] WithoutKeys =
    [
        "CACL.Data.Preparation.PreparationOptions", // options of a verb's command line set everything
        "CACL.Runs.Live.LiveSettings", // the factor of the learning rate begins at 1 in every run
        "CACL.Actors.Membership.WorkerHubOptions", // the training sets what there is to evaluate; no key has the time to drain
        "CACL.Actors.Membership.WorkerOptions", // a worker's session sets everything that a key has; the rest is for tests
        "CACL.Actors.Decoding.DecoderPoolActor+Settings", // instruments, which no key sets
        "CACL.Actors.Loop.TrainingLoop+Settings", // a snapshot that was requested before the loop started
        "CACL.Learning.Optimisation.LearningRateSchedule", // RunOptions sets everything
        "CACL.Learning.Methods.StepSettings", // the loop sets it for every step
    ];

    /// <summary>
    /// Returns the members that a record can be created without: settable and not required, or a parameter with a default.
    /// </summary>
    private static List<PropertyInfo> Optional(Type record)
    {
        var parameters = record.GetConstructors().SelectMany(c => c.GetParameters()).ToLookup(p => p.Name, p => p.HasDefaultValue);
        return [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite && !p.CustomAttributes.Any(a => a.AttributeType.Name == "RequiredMemberAttribute"))
            .Where(p => parameters[p.Name].All(optional => optional))];
    }

    private static bool Same(object? one, object? other) => (one, other) switch
    {
        (string a, string b) => a == b,
        (IEnumerable a, IEnumerable b) => a.Cast<object>().SequenceEqual(b.Cast<object>()),
        _ when one is not null && Records.Any(r => r.OwnDefault.GetType() == one.GetType()) => true, // compared as a record of its own
        _ => Equals(one, other),
    };

    private static string Text(object? value) => value is IEnumerable and not string ? "a list" : $"{value ?? "null"}";
}
