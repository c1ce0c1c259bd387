using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Weights;
using CACL.Testing;
using CsCheck;

namespace CACL.Learning.Tests.Evaluation.Confidence;

public sealed class ImageCountsTests : IDisposable
{
    private static readonly Gen<long[][]> Images =
        Gen.Frequency((3, Gen.Const(0L)), (1, Gen.Long[0, uint.MaxValue])).Array[16].Array[0, 10];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void They_sum_to_the_matrix_of_the_split() => Images.Sample(images =>
    {
        var matrix = new ConfusionMatrix(4, [.. Enumerable.Range(0, 16).Select(cell => images.Sum(image => image[cell]))]);
        Assert.Equal(matrix.Scores().Iou, Counts(images).Scores().Iou);
        Assert.Equal(matrix.Scores().Accuracy, Counts(images).Scores().Accuracy);
    });

    [Fact]
    public void Renamed_they_sum_to_the_renamed_sum() => Gen.Select(Images, Gen.Int[0, 2].Array[4]).Sample((images, names) =>
    {
        // Labels are of three classes, predictions of four clusters.
        foreach (var image in images)
        {
            for (var cell = 0; cell < 16; cell++) image[cell] = cell < 12 ? image[cell] / 4 : 0;
        }

        var (counts, expected) = (new ClusterAssignment(names).Apply(Counts(images), 3), new long[9]);
        foreach (var image in images)
        {
            for (var cell = 0; cell < 12; cell++) expected[(cell / 4 * 3) + names[cell % 4]] += image[cell];
        }

        Assert.Equal(images.Length, counts.Images);
        Assert.Equal(expected, counts.Sum().Counts);
    });

    [Fact]
    public void A_file_gives_back_what_was_written() => Images.Sample(images =>
    {
        var names = images.Select((_, i) => $"aachen/{i} \"ä\"").ToArray();
        var path = _folder.File($"{Guid.NewGuid():N}.safetensors");
        new ImageCountsFile(Counts(images), names).Write(path);
        var read = ImageCountsFile.Read(path);
        Assert.Equal(names, read.Images);
        Assert.Equal(images.Length, read.Counts.Images);
        for (var image = 0; image < images.Length; image++)
        {
            var back = new long[16];
            read.Counts.AddTo(image, 1, back);
            Assert.Equal(images[image], back);
        }
    }, iter: 30);

    [Fact]
    public void A_file_that_holds_something_else_is_told_by_its_name()
    {
        var file = _folder.File("other.safetensors");
        SafeTensorsWriter.Write(file, []);
        var fault = Assert.Throws<SafeTensorsException>(() => ImageCountsFile.Read(file));
        Assert.Contains("it holds no counts of test images", fault.Message, StringComparison.Ordinal);
        var path = _folder.File("counts.safetensors");
        new ImageCountsFile(Counts([new long[16], new long[16]]), ["one"]).Write(path);
        fault = Assert.Throws<SafeTensorsException>(() => ImageCountsFile.Read(path));
        Assert.Contains("1 names do not belong to 2 images", fault.Message, StringComparison.Ordinal);
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    private static ImageCounts Counts(long[][] images)
    {
        var counts = new ImageCounts(4);
        foreach (var image in images) counts.Add(image);
        return counts;
    }
}
