using CACL.Data.DataSets;
using CACL.Node.Ending;
using CACL.Node.Pictures;
using CACL.Testing;
using CsCheck;

namespace CACL.Node.Tests.Pictures;

public sealed class PredictionFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_again() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 255]).SelectMany((width, height, classes) =>
            Gen.Select(Gen.Const(width), Gen.Const(height), Gen.Const(classes), Gen.Byte[0, (byte)(classes - 1)].Array[width * height]))
        .Sample(
            (width, height, classes, values) =>
            {
                var path = _folder.File("a", "b.png");
                PredictionFile.Write(path, new LabelMap(width, height, values));
                return PredictionFile.Read(path, width, height, classes).Classes.SequenceEqual(values);
            },
            iter: 200, threads: 1);

    [Fact]
    public void A_prediction_of_another_image_or_of_other_classes_is_refused()
    {
        var path = _folder.File("a.png");
        PredictionFile.Write(path, new LabelMap(2, 1, [0, 3]));
        Assert.Contains("for an image of 1×2 pixels", Refused(path, 1, 2, 4), StringComparison.Ordinal);
        Assert.Contains("predicts class 3, but the data set has 3 classes", Refused(path, 2, 1, 3), StringComparison.Ordinal);
        Assert.StartsWith("There is no prediction", Refused(_folder.File("b.png"), 2, 1, 4), StringComparison.Ordinal);
        File.WriteAllText(path, "no picture");
        Assert.Contains("is no prediction", Refused(path, 2, 1, 4), StringComparison.Ordinal);
    }

    private static string Refused(string path, int width, int height, int classes) =>
        Assert.Throws<UserException>(() => PredictionFile.Read(path, width, height, classes)).Message;
}
