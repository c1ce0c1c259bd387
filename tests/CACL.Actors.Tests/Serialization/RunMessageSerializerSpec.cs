using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Serialization;
using CACL.Actors.Tests.Fakes;
using CACL.Testing;
using CsCheck;

namespace CACL.Actors.Tests.Serialization;

/// <summary>The messages of a run as bytes, which another process may read, and may have damaged.</summary>
public sealed class RunMessageSerializerSpec : ActorSpec
{
    /// <summary>
    /// What other processes, of other versions of cacl perhaps, know the messages by. One that is not here any more is one that they are
    /// not answered.
    /// </summary>
    private static readonly string[] Manifests =
    [
        "CheckpointProtocol.Delayed", "CheckpointProtocol.GivenUp", "CheckpointProtocol.Hurry", "CheckpointProtocol.Save",
        "CheckpointProtocol.Saved", "ControlProtocol.Change", "ControlProtocol.Changed", "DecoderProtocol.Decode",
        "DecoderProtocol.Unusable", "EvaluationAnswer", "EvaluationDemand", "EvaluationStatus", "EvaluatorProtocol.Abandon",
        "EvaluatorProtocol.CheckpointSaved", "EvaluatorProtocol.Doing", "EvaluatorProtocol.GetStatus", "EvaluatorProtocol.Idle",
        "EvaluatorProtocol.TrainingOver", "LinkProtocol.HandedBack", "LinkProtocol.Idle", "LinkProtocol.Pull", "LinkProtocol.Release",
        "LinkProtocol.Released", "LinkProtocol.Serve", "LinkProtocol.Withdraw", "LoopReport.Crashed", "LoopReport.Ended",
        "LoopReport.NotFinite", "LoopReport.PhaseIs", "LoopReport.RankLost", "LoopReport.Ready", "LoopReport.SnapshotTaken",
        "LoopReport.Stepped", "LoopReport.TookBatch", "PlaceProtocol.Serve", "PlaceProtocol.Withdrawn",
        "PoolProtocol.Decode", "PoolProtocol.DecodedBefore", "PoolProtocol.End", "PoolProtocol.Ended",
        "PoolProtocol.Failed", "PoolProtocol.Resize", "PoolProtocol.Silent", "PoolProtocol.Stepped", "PoolProtocol.StreamDied",
        "PoolProtocol.TooManyBad", "PoolProtocol.TooManyRestarts", "RunProtocol.GiveUp", "RunProtocol.Pause",
        "RunProtocol.RequestCheckpoint", "RunProtocol.Resume", "RunProtocol.Stop", "SettingsAnswer", "StatusProtocol.ActorGone",
        "StatusProtocol.ActorIs", "StatusProtocol.ActorReplaced", "StatusProtocol.ActorStarted", "StatusProtocol.BadVideos",
        "StatusProtocol.BatchesWaiting", "StatusProtocol.CheckpointSaved", "StatusProtocol.DecodersAre", "StatusProtocol.DecodersWanted",
        "StatusProtocol.Launched", "StatusProtocol.Publish", "StatusProtocol.Published", "StatusProtocol.RunOver",
        "StatusProtocol.SettingsAre", "StatusProtocol.Stopping", "StatusProtocol.TrainingOver", "SupervisionDecision",
        "TelemetryProtocol.Flush", "TelemetryProtocol.Flushed", "TelemetryProtocol.Quarantined", "TrainerProtocol.Follow",
        "TrainerProtocol.GetStatus", "TrainerProtocol.Leave", "TrainerProtocol.LoopGone", "TrainerProtocol.Pause",
        "TrainerProtocol.PauseReasonsAre", "TrainerProtocol.Resume", "TrainerProtocol.SnapshotReleased", "TrainerProtocol.Stalled",
        "TrainerProtocol.Status", "TrainerProtocol.Stop", "WorkerProtocol.Accepted", "WorkerProtocol.Offer", "WorkerProtocol.Refused",
    ];

    private static readonly Type[] Types = [.. RunMessageSerializer.Known];

    private readonly RunMessageSerializer _serializer;

    public RunMessageSerializerSpec() => _serializer = new RunMessageSerializer((ExtendedActorSystem)Sys);

    [Fact]
    public void Each_message_has_the_name_that_it_always_had()
    {
        Assert.Equal(Manifests, Types.Select(type => _serializer.Manifest(Sample(type))).Order(StringComparer.Ordinal));
        Assert.Equal(190_281, _serializer.Identifier);
    }

    [Fact]
    public void Each_message_is_written_by_this_serializer() => Each.Holds(
        Types, type => Assert.IsType<RunMessageSerializer>(Sys.Serialization.FindSerializerForType(type)));

    [Fact]
    public void Each_message_is_read_as_it_was_written() => Gen.Select(Gen.OneOf(Types.Select(Gen.Const).ToArray()), Gen.Int[1, 1_000_000])
        .Sample((type, start) => AssertReadAsWritten(new MessageSamples(start).Of(type)));

    [Fact]
    public void A_message_in_which_all_is_missing_that_may_be_is_read_as_it_was_written() => Each.Holds(
        Types, type => AssertReadAsWritten(new MessageSamples(1, sparse: true).Of(type)));

    [Fact]
    public void Numbers_are_read_to_the_bit_those_that_are_none_and_those_without_end_included()
    {
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, 0.1];
        Each.Holds(Types, type => Each.Holds(odd, number => AssertReadAsWritten(new MessageSamples(1, number).Of(type))));
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Sample(
            number => AssertReadAsWritten(new LoopReport.Stepped(
                new(1, number, CaclResults.Of(number, global: number), number, number, 32) { SnapshotSeconds = number })));
    }

    [Fact]
    public void A_name_that_no_message_has_is_refused_with_what_that_means()
    {
        string[] names = ["", "Stop", "TrainerProtocol", "trainerprotocol.stop", "System.String", typeof(RunProtocol.Stop).FullName!];
        Each.Holds(names, name =>
        {
            var refused = Assert.Throws<SerializationException>(() => _serializer.FromBinary("{}"u8.ToArray(), name));
            Assert.Equal($"There is no message {name} in a run: the other process runs another version of cacl.", refused.Message);
        });
        Assert.Throws<SerializationException>(() => _serializer.ToBinary("no message"));
    }

    [Fact]
    public void A_message_that_is_cut_off_is_refused_by_its_name() =>
        Gen.Select(Gen.OneOf(Types.Select(Gen.Const).ToArray()), Gen.Double[0, 1]).Sample((type, where) =>
        {
            var bytes = _serializer.ToBinary(Sample(type));
            AssertRefused(bytes[..(int)(where * (bytes.Length - 1))], _serializer.Manifest(Sample(type)));
        });

    [Fact]
    public void A_message_whose_bytes_are_damaged_is_refused_by_its_name_or_is_still_a_message() =>
        Gen.Select(Gen.OneOf(Types.Select(Gen.Const).ToArray()), Gen.Int[0, int.MaxValue], Gen.Byte).Sample(
            (type, where, value) =>
            {
                var bytes = _serializer.ToBinary(Sample(type));
                bytes[where % bytes.Length] = value;
                AssertReadOrRefused(bytes, _serializer.Manifest(Sample(type)));
            },
            iter: 2000);

    [Fact]
    public void A_message_that_holds_something_else_than_it_must_is_refused_or_lacks_nothing() =>
        Gen.Select(Gen.OneOf(Types.Select(Gen.Const).ToArray()), Gen.Int[0, int.MaxValue], Gen.Int[0, 6]).Sample(
            (type, where, kind) =>
            {
                var message = JsonNode.Parse(_serializer.ToBinary(Sample(type)))!.AsObject();
                var places = Places(message).ToList();
                if (places.Count == 0) return;
                var (owner, name) = places[where % places.Count];
                if (kind == 0) owner.Remove(name);
                else
                {
                    owner[name] = kind switch
                    {
                        1 => null,
                        2 => "word",
                        3 => 1e300,
                        4 => new JsonArray(),
                        5 => new JsonObject(),
                        _ => -1,
                    };
                }

                AssertReadOrRefused(JsonSerializer.SerializeToUtf8Bytes(message), _serializer.Manifest(Sample(type)));
            },
            iter: 3000);

    [Fact]
    public void A_message_of_nothing_is_refused() => Each.Holds(
        Types, type => AssertRefused("null"u8.ToArray(), _serializer.Manifest(Sample(type))));

    private static object Sample(Type type) => new MessageSamples(1).Of(type);

    /// <summary>Each named value in a message, and in what it stands.</summary>
    private static IEnumerable<(JsonObject Owner, string Name)> Places(JsonNode? node) => node switch
    {
        JsonObject all => all.SelectMany(value => Places(value.Value).Prepend((all, value.Key))),
        JsonArray items => items.SelectMany(Places),
        _ => [],
    };

    private void AssertReadAsWritten(object message)
    {
        var bytes = _serializer.ToBinary(message);
        var read = _serializer.FromBinary(bytes, _serializer.Manifest(message));
        Assert.Null(DeepComparison.Difference(message, read, message.GetType().Name));
        Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(_serializer.ToBinary(read)));
    }

    private void AssertRefused(byte[] bytes, string manifest) => Assert.StartsWith(
        $"A message {manifest} came ", Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes, manifest)).Message,
        StringComparison.Ordinal);

    private void AssertReadOrRefused(byte[] bytes, string manifest)
    {
        try
        {
            var read = _serializer.FromBinary(bytes, manifest);
            Assert.Null(DeepComparison.Missing(read, manifest));
        }
        catch (SerializationException refused)
        {
            Assert.StartsWith($"A message {manifest} came ", refused.Message, StringComparison.Ordinal);
        }
    }
}
