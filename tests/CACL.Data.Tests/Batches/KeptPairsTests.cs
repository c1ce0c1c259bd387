using CACL.Data.Batches;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Batches;

public sealed class KeptPairsTests : IDisposable
{
    private const int Bytes = 5000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A law: whatever is kept and taken in which order, a pair is what was kept for its sample, and none waits twice.</summary>
    [Fact]
    public void What_is_taken_is_what_was_kept() => Gen.Select(Gen.Int[0, 12], Gen.Bool).Array[1, 60].Sample(
        moves =>
        {
            const int places = 4;
            using var kept = new KeptPairs(_folder.Path, Bytes, (places * Bytes) + 1);
            var (model, asked, taken) = (new HashSet<long>(), -1L, new byte[Bytes]);
            foreach (var (sample, keeps) in moves)
            {
                if (keeps)
                {
                    var may = sample > asked && !model.Contains(sample) && model.Count < places;
                    Assert.Equal(may, kept.Wants(sample));
                    Assert.Equal(may, kept.TryKeep(sample, Pair(sample)));
                    if (may) model.Add(sample);
                }
                else
                {
                    asked = Math.Max(asked, sample);
                    var waits = model.Remove(sample);
                    Assert.Equal(waits, kept.Ask(sample));
                    Assert.Equal(waits, kept.TryTake(sample, taken));
                    if (waits) Assert.Equal(Pair(sample), taken);
                }

                Assert.Equal(model.Count, kept.Count);
            }
        },
        iter: 200);

    [Fact]
    public async Task Many_threads_keep_and_take_at_once()
    {
        using var kept = new KeptPairs(_folder.Path, Bytes, 40L * Bytes);
        var cancel = TestContext.Current.CancellationToken;
        for (var round = 0; round < 10; round++)
        {
            long[] samples = [.. Enumerable.Range(round * 40, 40)];
            await Parallel.ForEachAsync(samples, cancel, (sample, _) =>
            {
                Assert.True(kept.TryKeep(sample, Pair(sample)));
                return ValueTask.CompletedTask;
            });
            await Parallel.ForEachAsync(samples, cancel, (sample, _) =>
            {
                var taken = new byte[Bytes];
                Assert.True(kept.Ask(sample) && kept.TryTake(sample, taken));
                Assert.True(Pair(sample).AsSpan().SequenceEqual(taken));
                return ValueTask.CompletedTask;
            });
        }
    }

    [Fact]
    public void Its_file_has_no_name_and_its_space_is_given_back()
    {
        var kept = new KeptPairs(_folder.Path, Bytes, 10 * Bytes);
        Assert.True(kept.TryKeep(1, Pair(1)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.Contains(OpenFiles(), file => file.StartsWith(_folder.Path, StringComparison.Ordinal));
        kept.Dispose();
        Assert.DoesNotContain(OpenFiles(), file => file.StartsWith(_folder.Path, StringComparison.Ordinal));
        Assert.False(kept.Ask(1));
        Assert.False(kept.TryTake(1, new byte[Bytes]));
        Assert.False(kept.TryKeep(2, Pair(2)));
    }

    [Fact]
    public void A_disk_that_returns_other_bytes_returns_nothing()
    {
        using var kept = new KeptPairs(_folder.Path, Bytes, 10 * Bytes);
        Assert.True(kept.TryKeep(1, Pair(1)));
        Assert.True(kept.TryKeep(2, Pair(2)));
        var file = Directory.EnumerateFiles("/proc/self/fd")
            .Single(fd => new FileInfo(fd).LinkTarget?.StartsWith(_folder.Path, StringComparison.Ordinal) == true);
        using (var other = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.Position = 77;
            other.WriteByte((byte)(Pair(1)[77] ^ 1));
        }

        Assert.False(kept.TryTake(1, new byte[Bytes]));
        Assert.True(kept.TryTake(2, new byte[Bytes]));
    }

    private static byte[] Pair(long sample)
    {
        var pair = new byte[Bytes];
        new Random((int)sample).NextBytes(pair);
        return pair;
    }

    private static IEnumerable<string> OpenFiles() =>
        Directory.EnumerateFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "");
}
