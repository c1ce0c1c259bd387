using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Preparation;
using CACL.Data.Tests.Decoding;
using CACL.Testing;

namespace CACL.Data.Tests.Preparation;

/// <summary>Tests that frame n of a prepared file is frame n of its source, in the same colours and the same way up.</summary>
public sealed class PreparedFramesTests(PreparedFramesTests.Made made) : IClassFixture<PreparedFramesTests.Made>
{
    // What each of the others has, some of these have, too.
    private static readonly string[] Always =
    [
        "open_gop.mp4", "variable_rate.mp4", "edit_list.mp4", "start_7s.ts", "twins.mkv", "raw.h264", "packed.avi", "thumbnail_first.mp4",
        "rotation_90.mp4", "odd.webm", "full_range.mp4", "bt601.mp4", "bt709.mp4", "size_change.ts", "animated.gif", "tiny.mp4",
    ];

    public static TheoryData<string> Videos => [.. Names];

    private static IEnumerable<string> Names => LongTests.Wanted
        ? MadeVideos.Names.Where(name => !MadeVideos.Of(name).IsStill)
        : Always;

    [Theory]
    [MemberData(nameof(Videos))]
    public void Frame_n_is_frame_n_of_the_source(string name)
    {
        var truth = MadeVideoTruth.Of(name);
        if (made.Report.Failed.FirstOrDefault(video => Path.GetFileName(video.Path) == name) is { } failed) Assert.Fail(failed.Message);
        var video = made.Library.Load(made.Rows[name]);
        Assert.NotNull(video.Prepared);
        Assert.Equal(truth.Frames.Count, video.Prepared.Frames.Count);
        foreach (var kind in new[] { DecoderKind.InProcess, DecoderKind.Isolated })
        {
            using var decoder = InstalledDecoders.Of(kind).Preferring(made.Known)();
            var faults = ExactnessCheck.Faults(decoder, video, 8, kind == DecoderKind.Isolated ? 2 : 12, truth.Frames).ToArray();
            Assert.True(faults.Length == 0, $"{name} ({MadeVideos.Of(name).What}), {kind}: {string.Join('\n', faults)}");
        }

        Assert.Empty(made.Warnings);
    }

    /// <summary>The videos, prepared once; so well that frames which hardly differ can be told apart.</summary>
    public sealed class Made : IDisposable
    {
        private readonly Preparations _preparations = new();

        public Made()
        {
            var there = MadeVideos.All();
            foreach (var name in Names.Where(there.ContainsKey)) _preparations.Add(name, "class", name);
            Report = _preparations.Prepare(new PreparationOptions { Parallelism = 2, Format = new() { Quality = 4 } });
            (Library, Known, Warnings) = _preparations.Library();
            Rows = _preparations.Catalog.List().ToDictionary(video => Path.GetFileName(video.Path), video => video.Id);
        }

        internal PreparationReport Report { get; }

        internal PreparedLibrary Library { get; }

        internal PreparedFiles Known { get; }

        internal List<string> Warnings { get; }

        internal IReadOnlyDictionary<string, long> Rows { get; }

        public void Dispose() => _preparations.Dispose();
    }
}
