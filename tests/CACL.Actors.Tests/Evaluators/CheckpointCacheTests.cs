using System.Security.Cryptography;
using CACL.Actors.Evaluators;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Actors.Tests.Evaluators;

/// <summary>The checkpoints that a worker keeps: each fetched once, whole, and within a bound.</summary>
public sealed class CheckpointCacheTests : IDisposable
{
    private const long Room = 100_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_fetched_is_what_was_meant_and_is_not_fetched_again()
    {
        var source = new Source(1, 7, (2 * EvaluatorLimits.Piece) + 5, EvaluatorLimits.Piece, 0);
        using (var cache = Open())
        {
            using var first = await cache.GetAsync(source.Parts, source.FetchAsync, Cancel);
            source.AssertIn(first.Folder);
            Assert.Equal(source.Parts.Sum(part => part.Bytes), first.Fetched);
            var pieces = source.Asked;
            using var second = await cache.GetAsync(source.Parts, source.FetchAsync, Cancel);
            Assert.Equal((first.Folder, 0, pieces), (second.Folder, second.Fetched, source.Asked));
        }

        // Nor by a worker that is started again.
        using var again = Open();
        using var there = await again.GetAsync(source.Parts, source.FetchAsync, Cancel);
        Assert.Equal(0, there.Fetched);
    }

    [Fact]
    public async Task Two_that_want_the_same_at_once_fetch_it_once()
    {
        var source = new Source(2, 5000) { Waits = true };
        using var cache = Open();
        var both = Enumerable.Range(0, 2).Select(_ => cache.GetAsync(source.Parts, source.FetchAsync, Cancel)).ToArray();
        Eventually.Holds(() => source.Asked == 1);
        source.Go();
        var got = await Task.WhenAll(both).WaitAsync(Eventually.Patience, Cancel);
        Assert.Equal([0, 5000], got.Select(one => one.Fetched).Order());
        Assert.Equal(1, source.Asked);
    }

    [Fact]
    public async Task A_connection_that_breaks_costs_no_piece_that_has_come()
    {
        var source = new Source(3, 10 * EvaluatorLimits.Piece) { BreaksAfter = 6 };
        using var cache = Open();
        await Assert.ThrowsAsync<IOException>(() => cache.GetAsync(source.Parts, source.FetchAsync, Cancel));
        var came = source.Sent;
        source.BreaksAfter = int.MaxValue;
        using var whole = await cache.GetAsync(source.Parts, source.FetchAsync, Cancel);
        source.AssertIn(whole.Folder);
        Assert.True(came >= 6, $"{came}");
        Assert.Equal(4L * EvaluatorLimits.Piece, whole.Fetched);
    }

    [Fact]
    public async Task What_comes_damaged_is_refused_and_fetched_again_and_given_up_if_it_comes_so_again()
    {
        var source = new Source(4, 3000, 4000) { Damages = 1 };
        using var cache = Open();
        using (var sound = await cache.GetAsync(source.Parts, source.FetchAsync, Cancel))
        {
            source.AssertIn(sound.Folder);
            Assert.Equal(3000 + 4000 + 3000, sound.Fetched);
        }

        var broken = new Source(5, 3000) { Damages = int.MaxValue };
        var cause = await Assert.ThrowsAsync<InvalidDataException>(() => cache.GetAsync(broken.Parts, broken.FetchAsync, Cancel));
        Assert.Contains("came damaged 2 times (part-0)", cause.Message);
        broken.Damages = 0;
        using var mended = await cache.GetAsync(broken.Parts, broken.FetchAsync, Cancel);
        broken.AssertIn(mended.Folder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_disk_has_changed_since_is_fetched_again(bool isGone)
    {
        var source = new Source(6, 3000);
        using var cache = Open();
        string file;
        using (var one = await cache.GetAsync(source.Parts, source.FetchAsync, Cancel)) file = Path.Combine(one.Folder, "part-0");
        if (isGone) File.Delete(file);
        else File.WriteAllBytes(file, [.. File.ReadAllBytes(file).Select((b, i) => i == 1234 ? (byte)~b : b)]);
        using var again = await cache.GetAsync(source.Parts, source.FetchAsync, Cancel);
        source.AssertIn(again.Folder);
        Assert.Equal(3000, again.Fetched);
    }

    [Fact]
    public async Task The_one_that_was_used_longest_ago_goes_first_and_none_in_use()
    {
        var (a, b, c, d) = (new Source(7, 40_000), new Source(8, 40_000), new Source(9, 40_000), new Source(10, 40_000));
        using var cache = Open(100_000);
        var held = await cache.GetAsync(a.Parts, a.FetchAsync, Cancel);
        (await cache.GetAsync(b.Parts, b.FetchAsync, Cancel)).Dispose();
        Age(a, hours: 3);
        Age(b, hours: 1);
        (await cache.GetAsync(c.Parts, c.FetchAsync, Cancel)).Dispose();
        AssertHas(cache, a, c);
        Age(c, hours: 2);
        held.Dispose();
        (await cache.GetAsync(a.Parts, a.FetchAsync, Cancel)).Dispose(); // used again, though it came first
        (await cache.GetAsync(d.Parts, d.FetchAsync, Cancel)).Dispose();
        AssertHas(cache, a, d);
        Assert.True(new DirectoryInfo(cache.Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) <= 100_000);

        void Age(Source source, int hours) =>
            Directory.SetLastWriteTimeUtc(Path.Combine(cache.Folder, source.Parts[0].Sha256), DateTime.UtcNow.AddHours(-hours));
    }

    [Fact]
    public async Task What_has_no_room_is_refused_in_words_and_leaves_what_is_in_use()
    {
        var (small, large) = (new Source(11, 600_000), new Source(12, 700_000));
        using var cache = Open(1_000_000);
        var held = await cache.GetAsync(small.Parts, small.FetchAsync, Cancel);
        var cause = await Assert.ThrowsAsync<InvalidDataException>(() => cache.GetAsync(large.Parts, large.FetchAsync, Cancel));
        Assert.Equal("its folder for checkpoints has no room for 0.7 MB more within 1 MB", cause.Message);
        Assert.Equal(0, large.Asked);
        small.AssertIn(held.Folder);
        held.Dispose();
        using var fits = await cache.GetAsync(large.Parts, large.FetchAsync, Cancel);
        AssertHas(cache, large);
    }

    [Fact]
    public void Two_workers_that_share_a_folder_each_have_their_own_in_it()
    {
        using var one = Open();
        using (var two = Open()) Assert.NotEqual(one.Folder, two.Folder);
        using var three = Open();
        Assert.Equal(_folder.File("cache", "2", "checkpoints"), three.Folder);
    }

    [Theory]
    [InlineData("../state")]
    [InlineData(".state")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task What_names_a_file_elsewhere_is_no_checkpoint(string name)
    {
        using var cache = Open();
        await Assert.ThrowsAsync<InvalidDataException>(() => cache.GetAsync(
            [new CheckpointPart(name, 1, new string('0', 64))], (_, _, _) => Task.FromResult(new byte[1]), Cancel));
    }

    private CheckpointCache Open(long most = Room) => CheckpointCache.Open(_folder.File("cache"), most);

    private static void AssertHas(CheckpointCache cache, params Source[] sources) => Assert.Equal(
        sources.Select(source => source.Parts[0].Sha256).Order(StringComparer.Ordinal),
        Directory.GetDirectories(cache.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    /// <summary>A checkpoint on another machine, behind a connection that may fail.</summary>
    private sealed class Source
    {
        private readonly byte[][] _files;
        private readonly TaskCompletionSource _go = new();
        private int _asked;
        private int _sent;

        public Source(int seed, params int[] lengths)
        {
            var random = new Random(seed);
            _files = [.. lengths.Select(length => new byte[length])];
            foreach (var file in _files) random.NextBytes(file);
            Parts =
            [
                .. _files.Select((file, i) =>
                    new CheckpointPart($"part-{i}", file.Length, Convert.ToHexStringLower(SHA256.HashData(file)))),
            ];
        }

        public IReadOnlyList<CheckpointPart> Parts { get; }

        public int Asked => Volatile.Read(ref _asked);

        public int Sent => Volatile.Read(ref _sent);

        public bool Waits { get; init; }

        public int BreaksAfter { get; set; } = int.MaxValue;

        /// <summary>How many pieces come damaged, the first ones.</summary>
        public int Damages { get; set; }

        public void Go() => _go.SetResult();

        public async Task<byte[]> FetchAsync(int part, long offset, CancellationToken cancel)
        {
            Interlocked.Increment(ref _asked);
            if (Waits) await _go.Task.WaitAsync(Eventually.Patience, cancel);
            if (Sent >= BreaksAfter) throw new IOException("The connection is broken.");
            Interlocked.Increment(ref _sent);
            var piece = _files[part].Skip((int)offset).Take(EvaluatorLimits.Piece).ToArray();
            if (Damages > 0)
            {
                Damages--;
                piece[^1] ^= 1;
            }

            return piece;
        }

        public void AssertIn(string folder)
        {
            for (var i = 0; i < _files.Length; i++) Assert.Equal(_files[i], File.ReadAllBytes(Path.Combine(folder, $"part-{i}")));
        }
    }
}
