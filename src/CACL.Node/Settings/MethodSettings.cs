using CACL.Learning.Methods;
using CACL.Learning.Methods.Byol;
using CACL.Learning.Methods.DenseCl;
using CACL.Learning.Methods.MocoV2;
using CACL.Learning.Methods.PixPro;
using CACL.Learning.Methods.SimClr;

namespace CACL.Node.Settings;

/// <summary>Makes the options of CACL's rivals from a run's settings.</summary>
internal static class MethodSettings
{
    /// <summary>Returns the options of MoCo-v2.</summary>
    public static MethodOptions Moco(RunSettings s) => WithMomentum(s, new MocoOptions
    {
        QueueSize = s.Model.QueueSizes.Global ?? s.Model.QueueSize,
        Temperature = s.Model.Temperature,
        LossWeights = Weights(s, new MocoOptions()),
    });

    /// <summary>Returns the options of SimCLR.</summary>
    public static MethodOptions SimClr(RunSettings s) => WithNetwork(s, new SimClrOptions
    {
        Temperature = s.Model.Temperature,
        ProjectorHidden = s.Model.ProjectorHidden,
        ProjectorNormalisation = s.Model.ProjectorNormalisation,
        LossWeights = Weights(s, new SimClrOptions()),
    });

    /// <summary>Returns the options of BYOL.</summary>
    public static MethodOptions Byol(RunSettings s) => WithMomentum(s, new ByolOptions
    {
        ProjectorHidden = s.Model.ProjectorHidden,
        LossWeights = Weights(s, new ByolOptions()),
    });

    /// <summary>Returns the options of DenseCL.</summary>
    public static MethodOptions DenseCl(RunSettings s) => WithMomentum(s, new DenseClOptions
    {
        QueueSize = s.Model.QueueSize,
        GlobalQueueSize = s.Model.QueueSizes.Global,
        Temperature = s.Model.Temperature,
        LossWeights = Weights(s, new DenseClOptions()),
    });

    /// <summary>Returns the options of PixPro.</summary>
    public static MethodOptions PixPro(RunSettings s) => WithMomentum(s, new PixProOptions
    {
        ProjectorHidden = s.Model.ProjectorHidden,
        Distance = s.Model.PixProDistance,
        Sharpness = s.Model.PixProSharpness,
        LossWeights = Weights(s, new PixProOptions()),
    });

    // What all methods with a key network take from the same settings.
    private static MomentumOptions WithMomentum(RunSettings s, MomentumOptions options) =>
        (MomentumOptions)WithNetwork(s, options) with { EmaWeight = s.Model.EmaWeight, EmaWeightGrows = s.Model.EmaWeightGrows };

    // What all methods take from the same settings.
    private static MethodOptions WithNetwork(RunSettings s, MethodOptions options) => options with
    {
        Seed = s.Seed,
        Backbone = s.Model.Backbone,
        Padding = s.Model.Padding,
        BatchNormSplits = s.Model.BatchNormSplits,
        Optimiser = s.Training.Optimiser,
    };

    // The weights of a method's own losses.
    private static LossWeights Weights(RunSettings s, MethodOptions method) =>
        new([.. method.Describe().LossWeights.Heads.Select(head => new LossWeight(head, s.Model.LossWeights[head]))]);
}
