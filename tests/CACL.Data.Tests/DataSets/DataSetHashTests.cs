using CACL.Data.DataSets;
using CACL.Testing;

namespace CACL.Data.Tests.DataSets;

public sealed class DataSetHashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_data_has_the_same_hash_wherever_it_lies()
    {
        Assert.Equal(Hash(SmallDataSets.Folder(_folder.File("one"))), Hash(SmallDataSets.Folder(_folder.File("two"))));
        Assert.Matches("^[0-9a-f]{64}$", Hash(_folder.File("one")));
    }

    [Fact]
    public void Whatever_changes_the_scores_changes_the_hash()
    {
        string Changed(string name, Action<string> change)
        {
            var root = SmallDataSets.Folder(_folder.File(name));
            change(root);
            return Hash(root);
        }

        var hashes = new[]
        {
            Changed("as it is", _ => { }),
            Changed("label", root => LabelPng.Of(6, 4, 2).Write(Path.Combine(root, "labels", "train", "a.png"))),
            Changed("image", root => SmallDataSets.Image(Path.Combine(root, "images", "train", "a.png"), 60, 40)),
            Changed("name", root =>
            {
                foreach (var part in new[] { "images", "labels" })
                    File.Move(Path.Combine(root, part, "train", "a.png"), Path.Combine(root, part, "train", "d.png"));
            }),
            Changed("less", root =>
            {
                foreach (var part in new[] { "images", "labels" }) File.Delete(Path.Combine(root, part, "train", "a.png"));
            }),
            Changed("class", root => File.WriteAllText(Path.Combine(root, "classes.txt"), "sky\nroad\nblue car\n")),
            Changed("declared", root => File.AppendAllText(Path.Combine(root, "classes.txt"), "ignore 255\n")),
            Changed("declared all", root => File.AppendAllText(Path.Combine(root, "classes.txt"), "ignore\n")),
        };
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    private static string Hash(string root) => DataSetHash.Of(SegmentationDataSets.Open(DataSetKind.Folder, root), "train");
}
