using CACL.Actors.Contracts;
using CACL.Data.Catalog;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Node.RunInputs;

namespace CACL.Node.Training;

/// <summary>What a training computes, on which videos, and with whom.</summary>
/// <param name="Videos">The videos.</param>
/// <param name="Catalog">Where they are known.</param>
/// <param name="Options">The training's options.</param>
/// <param name="Precision">The precision, resolved.</param>
/// <param name="Way">The way in which ranks exchange the tensors of a step.</param>
/// <param name="Exchange">What exchanges them so.</param>
/// <param name="Parting">Lets the other ranks go when the training is over.</param>
internal sealed record TrainingTask(
    TrainingVideos Videos, VideoCatalog Catalog, RunOptions Options, Precision Precision, RankExchange Way, ITensorCollectives Exchange,
    RankParting Parting);
