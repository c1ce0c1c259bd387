using System.Diagnostics;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

public sealed class FullDiskTests
{
    [Fact]
    public void A_full_disk_is_a_transient_fault_and_the_checkpoint_before_stays()
    {
        using var folder = new TemporaryFolder();
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder.Path), "Mounting a small file system is not allowed here.");
        try
        {
            var store = new CheckpointStore(folder.File("checkpoints"), keep: 2);
            store.Put(100, Snapshots.Of(1));

            var fault = Assert.Throws<CheckpointException>(() => store.Put(200, Snapshots.Of(2, floats: 300_000)));

            Assert.True(fault.IsTransient);
            Assert.Contains("Free space", fault.Message, StringComparison.Ordinal);
            Assert.Equal(100, store.LoadLatest().Checkpoint!.State.Step);
            Assert.Empty(Directory.GetFileSystemEntries(store.Folder, ".*"));
            store.Put(200, Snapshots.Of(2));
            Assert.Equal(200, store.LoadLatest().Checkpoint!.State.Step);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit(TimeSpan.FromSeconds(10));
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
