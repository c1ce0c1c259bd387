using CACL.Learning.Weights;
using CACL.Testing;
using CsCheck;

namespace CACL.Learning.Tests.Weights;

/// <summary>Damages every file of a checkpoint at every byte.</summary>
public sealed class CheckpointDamageTests : IDisposable
{
    private static readonly Gen<(int File, int Place, byte Change)> Flips =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, int.MaxValue - 1], Gen.Byte[1, 255]);

    // Long tests try every byte.
    private static readonly int Every = LongTests.Wanted ? 1 : 13;

    private readonly TemporaryFolder _folder = new();
    private readonly (string Name, byte[] Bytes)[] _files;

    public CheckpointDamageTests()
    {
        var store = new CheckpointStore(_folder.File("whole"), keep: 2);
        store.Put(100, Snapshots.Of(1, floats: 10));
        var newest = store.Put(200, Snapshots.Of(2, floats: 10));
        var files = Directory.EnumerateFiles(newest).Order(StringComparer.Ordinal);
        _files = [.. files.Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))];
        Assert.Equal(6, _files.Length);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_byte_that_is_another_is_noticed_and_the_checkpoint_before_is_taken()
    {
        var bytes = _files.SelectMany(file => Places(file.Bytes).Select(place => (file.Name, Place: place)));
        Parallel.ForEach(bytes, at => AssertNoticed(at.Name, old => Flipped(old, at.Place, 1 << (at.Place % 8))));
    }

    [Fact]
    public void Any_byte_may_be_any_other()
    {
        Flips.Sample(
            flip =>
            {
                var (name, bytes) = _files[flip.File];
                AssertNoticed(name, old => Flipped(old, flip.Place % bytes.Length, flip.Change));
            },
            iter: 3000 / Every);
    }

    [Fact]
    public void Every_truncation_is_noticed_and_the_checkpoint_before_is_taken()
    {
        var lengths = _files.SelectMany(file => Places(file.Bytes).Select(length => (file.Name, Length: length)));
        Parallel.ForEach(lengths, at => AssertNoticed(at.Name, old => old[..at.Length]));
    }

    [Fact]
    public void Bytes_behind_the_end_and_zeros_in_place_of_blocks_are_noticed()
    {
        foreach (var (name, bytes) in _files)
        {
            foreach (var more in new byte[] { 0, (byte)' ', (byte)'\n', (byte)'}' }) AssertNoticed(name, old => [.. old, more]);
            AssertNoticed(name, old => new byte[old.Length]);
        }
    }

    private static IEnumerable<int> Places(byte[] bytes)
    {
        for (var place = bytes.Length - 1; place >= 0; place -= Every) yield return place;
    }

    private static byte[] Flipped(byte[] bytes, int place, int change)
    {
        bytes[place] ^= (byte)change;
        return bytes;
    }

    private void AssertNoticed(string name, Func<byte[], byte[]> damage)
    {
        var folder = _folder.File(Guid.NewGuid().ToString("N"));
        var store = new CheckpointStore(folder, keep: 2);
        var newest = Directory.CreateDirectory(store.PathOf(200)).FullName;
        Directory.CreateSymbolicLink(store.PathOf(100), _folder.File("whole", "step-00000100"));
        File.CreateSymbolicLink(Path.Combine(folder, "latest"), "step-00000200");
        foreach (var (file, bytes) in _files)
            File.WriteAllBytes(Path.Combine(newest, file), file == name ? damage([.. bytes]) : bytes);

        var loaded = store.LoadLatest();

        Assert.Equal(100, loaded.Checkpoint!.State.Step);
        var warning = Assert.Single(loaded.Warnings);
        // The space before the number of the format may become a digit: a newer version seems to have written it.
        Assert.True(
            warning.StartsWith($"The checkpoint {newest} cannot be used", StringComparison.Ordinal)
            || warning.StartsWith($"{newest}/manifest.json has format ", StringComparison.Ordinal),
            warning);
        Directory.Delete(folder, recursive: true);
    }
}
