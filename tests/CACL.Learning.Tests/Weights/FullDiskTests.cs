using CACL.Learning.Weights;

namespace CACL.Learning.Tests.Weights;

public sealed class FullDiskTests
{
    [Fact]
    public void A_full_disk_is_a_transient_fault_and_the_checkpoint_before_stays()
    {
        using var disk = new SmallDisk("1m");
        var store = new CheckpointStore(disk.File("checkpoints"), keep: 2);
        store.Put(100, Snapshots.Of(1));

        var fault = Assert.Throws<CheckpointException>(() => store.Put(200, Snapshots.Of(2, floats: 300_000)));

        Assert.True(fault.IsTransient);
        Assert.Contains("Free space", fault.Message, StringComparison.Ordinal);
        Assert.Equal(100, store.LoadLatest().Checkpoint!.State.Step);
        Assert.Empty(Directory.GetFileSystemEntries(store.Folder, ".*"));
        store.Put(200, Snapshots.Of(2));
        Assert.Equal(200, store.LoadLatest().Checkpoint!.State.Step);
    }
}
