using CACL.Actors.Contracts;
using CACL.Data.DataSets;
using CACL.Node.Settings;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>Says what a data set is, so that its copy on another machine can be told from another one.</summary>
internal static class DataSetIdentity
{
    /// <summary>Returns what a data set is; reads all labels of both splits.</summary>
    /// <exception cref="DataSetException">It is not there, or has a fault.</exception>
    public static OrderedData Of(EvaluatedDataSet dataSet, string trainSplit, string testSplit)
    {
        var opened = SegmentationDataSets.Open(dataSet.Kind, dataSet.Data);
        return new OrderedData(
            dataSet.Name, SegmentationDataSets.Word(dataSet.Kind),
            Split(trainSplit.Length > 0 ? trainSplit : opened.DefaultTrainSplit),
            Split(testSplit.Length > 0 ? testSplit : opened.DefaultTestSplit));

        OrderedSplit Split(string name) => new(name, opened.Items(name).Count, DataSetHash.Of(opened, name));
    }

    /// <summary>Returns how a data set here differs from the one that is meant, as a clause; null: it is the same.</summary>
    public static string? Difference(OrderedData here, OrderedData meant)
    {
        if (here.Kind != meant.Kind) return $"it has the kind {here.Kind}, not {meant.Kind}";
        return Difference(here.Train, meant.Train) ?? Difference(here.Test, meant.Test);
    }

    private static string? Difference(OrderedSplit here, OrderedSplit meant) => here.Images != meant.Images
        ? $"it has {here.Images} images in {meant.Name}, not {meant.Images}"
        : here.Sha256 != meant.Sha256
            ? $"its labels, classes or images in {meant.Name} are others"
            : null;
}
