using CACL.Data.Sampling;
using CACL.Learning.Weights;
using CACL.Node.Explain;
using CACL.Node.RunInputs;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.Explain;

/// <summary>Tests on which videos a run without checkpoints can have been trained.</summary>
public sealed class KnownVideosTests : IDisposable
{
    private readonly TemporaryFolder _run = new();
    private readonly VideoShape[] _videos = [new(1, 40, 160, 120), new(2, 50, 160, 120)];

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Run_json_names_them_and_where_there_is_none_all_may_be_they()
    {
        VideoShape[] others = [new(1, 40, 160, 120), new(2, 51, 160, 120)];
        var known = Known(new RunFacts(new TrainingVideos(_videos, []).Identity, []));
        Assert.True(known.Are(_videos));
        Assert.False(known.Are(others));
        Assert.True(Known(null).Are(others));
    }

    private KnownVideos Known(RunFacts? facts) =>
        new(_run.Path, facts, new CheckpointStore(_run.File("checkpoints"), keep: 1), batchSize: 4);
}
