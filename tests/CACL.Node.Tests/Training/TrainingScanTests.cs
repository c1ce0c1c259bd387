using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Node.Settings;
using CACL.Node.Tests.EndToEnd;
using CACL.Node.Training;
using CACL.Testing;
using Microsoft.Data.Sqlite;

namespace CACL.Node.Tests.Training;

public sealed class TrainingScanTests(MadeClips clips)
{
    [Fact]
    public void A_training_reads_videos_again_that_an_older_version_read()
    {
        MadeClips.Require();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("videos"));
        File.Copy(Directory.EnumerateFiles(clips.Videos).First(), folder.File("videos", "clip.mp4"));
        string[] settings = [$"cacl.data.videos={folder.File("videos")}", $"cacl.data.catalog={folder.File("videos.db")}"];
        var data = ConfigurationFiles.Load([], settings, new Dictionary<string, string>()).Settings.Data;
        var roots = new VideoRoots(data.Videos);
        var decoders = PairDecoders.Create(data.Decoder);
        using (var catalog = VideoCatalog.Open(data.Catalog))
            TrainingScan.Complete(catalog, data, roots, decoders, TestContext.Current.CancellationToken);

        Change("UPDATE videos SET rotation = 180");
        Assert.Equal(180, Rotation()); // a row of this version is trusted
        Change("UPDATE videos SET rotation = 180, mirrored = NULL, reading_rules = 1");
        Assert.Equal(0, Rotation());

        int Rotation()
        {
            using var catalog = VideoCatalog.Open(data.Catalog);
            TrainingScan.Complete(catalog, data, roots, decoders, TestContext.Current.CancellationToken);
            return catalog.Load(catalog.LoadUsable(1, roots)[0].Id).Orientation.Rotation;
        }

        void Change(string sql)
        {
            using var connection = new SqliteConnection($"Data Source={data.Catalog};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
