using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Pictures;

namespace CACL.Node.Evaluation;

/// <summary>
/// Writes sheets of image, label and prediction for some test images, spread evenly over the split, and the predictions themselves. If
/// another evaluation's folder is given, its prediction stands on the sheet, too.
/// </summary>
internal sealed class PictureSheets(int count, EvaluationSplit test, ISegmentationDataSet data, EvaluationFiles files)
{
    /// <summary>Returns what writes the sheet of the image at a place of the split if it is one of those; null if it is not.</summary>
    public Action<RgbImage, LabelMap, LabelMap>? Seen(int place)
    {
        var images = test.Items.Count;
        // The k-th of n sheets shows image k·images/n: this place has one where the quotient changes.
        var sheets = Math.Min(count, images);
        if ((long)place * sheets / images == (((long)place + 1) * sheets) / images) return null;
        var name = test.Items[place].Name;
        return (image, labels, prediction) =>
        {
            (string, LabelMap)[] predictions = [(EvaluationSheet.Alone, prediction)];
            if (files.PredictionBeside(name) is { } other)
            {
                predictions =
                [
                    (files.TitleBeside, PredictionFile.Read(other, image.Width, image.Height, data.Classes.Count)),
                    (files.Title, prediction),
                ];
            }

            PredictionFile.Write(files.Prediction(name), prediction);
            EvaluationSheet.Write(files.Picture(name), image, labels, predictions, data.Classes);
        };
    }
}
