using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Supervision;

namespace CACL.Actors.Ranks;

/// <summary>
/// Supervises the decoders of a rank that trains with others. Where a run's supervisor would end the run, this one says why there will be
/// no more pairs: rank 0 ends it.
/// </summary>
internal sealed class RankDecoding : ReceiveActor
{
    private readonly Action<string> _failed;

    public RankDecoding(
        DecoderPoolActor.Settings settings, TaskCompletionSource<IActorRef> pool, Action<string> failed,
        Action<SupervisionDecision> decided)
    {
        _failed = failed;
        Receive<PoolProtocol.TooManyRestarts>(message => failed(message.Message));
        Receive<PoolProtocol.TooManyBad>(message => failed(message.Message));
        Receive<PoolProtocol.Silent>(message => failed(message.Message));
        Receive<PoolProtocol.StreamDied>(message => failed(message.Message));
        Receive<PoolProtocol.Ended>(_ => { });
        Receive<SupervisionDecision>(decided);
        pool.SetResult(Context.ActorOf(DecoderPoolActor.Props(settings), "decoders-1"));
    }

    internal static Props Props(
        DecoderPoolActor.Settings settings, TaskCompletionSource<IActorRef> pool, Action<string> failed,
        Action<SupervisionDecision> decided) =>
        Akka.Actor.Props.Create(() => new RankDecoding(settings, pool, failed, decided));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _failed($"Its decoders' pool failed: {cause.Unwrapped().Message}");
        return Directive.Stop;
    });
}
