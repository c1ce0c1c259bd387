using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Workers;
using CACL.Data.Processes;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Workers;

/// <summary>Tests what workers promise beyond what every decoder does: nothing that happens to one harms anything else.</summary>
public sealed partial class WorkerPairDecoderTests : IDisposable
{
    private const int Size = 48;
    private const int Kill = 9, Crash = 11, Stop = 19;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _replaced = new();
    private readonly byte[] _first = new byte[Size * Size * 3];
    private readonly byte[] _second = new byte[Size * Size * 3];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DecodeWorkerProgram Program => TestWorker.Program with { Replaced = _replaced.Enqueue };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Records_and_bytes_are_those_of_decoding_in_process()
    {
        using var here = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var there = new WorkerPairDecoder(Program);
        using var probesHere = new InProcessProber(InstalledFfmpeg.Libraries);
        using var probesThere = new WorkerProber(Program);
        var (first, second) = (new byte[_first.Length], new byte[_first.Length]);
        var compared = 0;
        foreach (var path in MadeVideos.All().Values)
        {
            var (record, other) = (Try(() => Probe(probesHere)), Try(() => Probe(probesThere)));
            Assert.Equal(record.Fault, other.Fault);
            if (record.Value is not { } video) continue;
            Assert.Equivalent(video, other.Value, strict: true);
            var stride = Math.Min(5, video.Frames.Count - 1);
            foreach (var frame in new[] { 0, (video.Frames.Count - 1 - stride) / 2 })
            {
                var (box, otherBox) = (
                    new CropBox(0, 0, (video.Width + 1) / 2, video.Height), new CropBox(0, 0, video.Width, (video.Height + 1) / 2));
                var plan = CropPlan.Of(frame, stride, box, otherBox);
                var (mine, its) = (Try(() => Decode(here, _first, _second)), Try(() => Decode(there, first, second)));
                Assert.Equal(mine.Fault, its.Fault);
                if (mine.Fault is not null) continue;
                compared++;
                Assert.True(_first.AsSpan().SequenceEqual(first) && _second.AsSpan().SequenceEqual(second), $"{path}, frame {frame}");

                bool Decode(IPairDecoder decoder, byte[] one, byte[] two)
                {
                    decoder.Decode(video, plan, Size, ExactnessCheck.Patience, one, two, Cancel);
                    return true;
                }
            }

            VideoRecord Probe(IVideoProber prober) => prober.Probe(path, ExactnessCheck.Patience, Cancel);
        }

        Assert.InRange(compared, 50, int.MaxValue);
        Assert.Empty(_replaced);

        static (T? Value, string? Fault) Try<T>(Func<T> what)
        {
            try
            {
                return (what(), null);
            }
            catch (VideoUnusableException e)
            {
                return (default, $"{e.Reason}: {e.Message}");
            }
        }
    }

    [Theory]
    [InlineData(Crash, "SIGSEGV")]
    [InlineData(Kill, "SIGKILL")]
    public void A_worker_that_is_gone_is_replaced_and_costs_one_try(int signal, string name)
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        using var decoder = new WorkerPairDecoder(Program);
        Decode(decoder, record);
        var (expected, former) = ((byte[])_first.Clone(), decoder.ProcessId!.Value);
        // .NET takes the first SIGSEGV from outside for the last instruction's, and tries that once more.
        Eventually.Holds(() => !IsAlive(former) || SendSignal(former, signal) != 0);
        Array.Clear(_first);
        Decode(decoder, record);
        Assert.Equal(expected, _first);
        Assert.NotEqual(former, decoder.ProcessId);
        var said = Assert.Single(_replaced);
        Assert.Contains(name, said, StringComparison.Ordinal);
        Assert.Contains(record.Path, said, StringComparison.Ordinal);
        Assert.Contains($" {former} ", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_crashes_the_libraries_is_refused_after_one_more_try_and_the_next_is_decoded()
    {
        var (bad, good) = (SmallClips.BFrames(_folder.File("bad.mp4")), SmallClips.BFrames(_folder.File("good.mp4")));
        var (record, other) = (Probe(bad), Probe(good));
        using var decoder = new WorkerPairDecoder(CrashingWhileReading(bad));
        var fault = Assert.Throws<VideoUnusableException>(() => Decode(decoder, record));
        Assert.Equal((UnusableReason.Decoder, bad), (fault.Reason, fault.Path));
        Assert.Contains(
            "crashed the decoder 2 times: its worker was killed by signal 11 (SIGSEGV)", fault.Message, StringComparison.Ordinal);
        Assert.Single(_replaced);
        Decode(decoder, other);
        Assert.Contains(_first, value => value != 0);
        using var prober = new WorkerProber(CrashingWhileReading(bad));
        Assert.Equal(
            UnusableReason.Decoder,
            Assert.Throws<VideoUnusableException>(() => prober.Probe(bad, ExactnessCheck.Patience, Cancel)).Reason);
    }

    [Fact]
    public void A_worker_that_hangs_is_killed_at_the_deadline_and_the_next_request_is_served()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        using var decoder = new WorkerPairDecoder(Program);
        Decode(decoder, record);
        Assert.Equal(0, SendSignal(decoder.ProcessId!.Value, Stop));
        var began = Stopwatch.GetTimestamp();
        var fault = Assert.Throws<VideoUnusableException>(
            () => decoder.Decode(
                record, CropPlan.Whole(record, 30, 8), Size, TimeSpan.FromSeconds(1), _first, _second, Cancel));
        Assert.Equal(UnusableReason.Deadline, fault.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.9, 20);
        Decode(decoder, record);
        Assert.Empty(_replaced);
    }

    [Fact]
    public void Cancelled_requests_leave_nothing_behind_whether_the_worker_gives_up_or_not()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        record = record with { Frames = record.Frames with { Seekable = false } }; // counted from the start: it takes a while
        var cancels = int.Parse(
            Environment.GetEnvironmentVariable("CACL_CANCELS") ?? "40", System.Globalization.CultureInfo.InvariantCulture);
        using (var before = new WorkerPairDecoder(Program)) Decode(before, record);
        var (descriptors, memory) = (Descriptors(), SharedMemory());
        var old = DiagnosticFiles(); // of others, whose process number may come again
        var workers = new HashSet<int>();
        var cancelled = 0;
        using (var decoder = new WorkerPairDecoder(Program))
        {
            for (var i = 0; i < cancels; i++)
            {
                // Then it cannot give up. One that is asked for nothing would stay stopped for the next decode.
                if (i % 20 == 19 && i % 3 > 0 && decoder.ProcessId is { } busy) Assert.Equal(0, SendSignal(busy, Stop));
                using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                if (i % 3 == 0) source.Cancel();
                else source.CancelAfter(TimeSpan.FromMilliseconds(i % 7));
                try
                {
                    decoder.Decode(
                        record, CropPlan.Whole(record, 30, 8), Size, ExactnessCheck.Patience, _first, _second, source.Token);
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }

                if (decoder.ProcessId is { } id) workers.Add(id);
            }

            Decode(decoder, record);
            workers.Add(decoder.ProcessId!.Value);
        }

        Assert.InRange(cancelled, cancels / 3, cancels);
        Eventually.Holds(() => !workers.Any(IsAlive));
        Eventually.Holds(() => Descriptors() <= descriptors);
        Assert.Empty(SharedMemory().Except(memory));
        Assert.DoesNotContain(
            DiagnosticFiles().Except(old), name => workers.Any(id => name.Contains($"-{id}-", StringComparison.Ordinal)));
        Assert.Empty(_replaced);
    }

    // Open MPI and Chromium, which tests of other projects start meanwhile, name theirs.
    private static string[] SharedMemory() =>
    [
        .. Directory.GetFileSystemEntries("/dev/shm").Where(name =>
            !Path.GetFileName(name).StartsWith("vader_segment", StringComparison.Ordinal)
            && !name.Contains("chromium", StringComparison.OrdinalIgnoreCase)),
    ];

    private static string[] DiagnosticFiles() => Directory.GetFiles(Path.GetTempPath(), "*-diagnostic-*");

    [Fact]
    public void A_worker_ends_when_its_parent_is_killed_whatever_it_is_doing()
    {
        var clip = SmallClips.BFrames(_folder.File("clip.mp4"));
        var start = new ChildStartInfo(
            TestWorker.Program.FileName, [.. TestWorker.Program.Arguments.SkipLast(1), TestWorker.Parent, clip])
        {
            KeepsInputOpen = true,
        };
        using var parent = new ChildProcess(start, Cancel);
        var worker = int.Parse(parent.Lines.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(IsAlive(worker));
        Assert.Equal(0, SendSignal(parent.Id, Kill));
        Eventually.Holds(() => !IsAlive(worker));
    }

    [Fact]
    public void A_program_that_is_no_worker_is_a_fault_of_the_decoder_and_none_of_the_video()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        foreach (var (program, words) in ((string, string)[])[("/nowhere/cacl", "/nowhere/cacl"), ("/bin/true", "without a word")])
        {
            using var decoder = new WorkerPairDecoder(new DecodeWorkerProgram(program, []));
            var fault = Assert.Throws<DecoderFaultException>(() => Decode(decoder, record));
            Assert.Contains(words, fault.Message, StringComparison.Ordinal);
            Assert.Contains(record.Path, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_worker_sends_is_checked()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        var script = _folder.File("talker");
        SpecialFiles.Script(script, "yes nonsense");
        using var decoder = new WorkerPairDecoder(new DecodeWorkerProgram(script, []));
        var fault = Assert.Throws<DecoderFaultException>(() => Decode(decoder, record));
        Assert.Contains("a message of", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_gets_no_secrets_and_cannot_cut_the_memory_that_it_shares()
    {
        var record = Probe(SmallClips.BFrames(_folder.File("clip.mp4")));
        Environment.SetEnvironmentVariable("CACL_HTTP_TOKEN", "hush");
        using var decoder = new WorkerPairDecoder(Program);
        Decode(decoder, record);
        Environment.SetEnvironmentVariable("CACL_HTTP_TOKEN", null);
        var environment = File.ReadAllText($"/proc/{decoder.ProcessId}/environ");
        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", environment, StringComparison.Ordinal);
        using var frames = new SharedFrames(64);
        using var file = File.OpenHandle(frames.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Assert.ThrowsAny<SystemException>(() => RandomAccess.SetLength(file, 8));
    }

    /// <summary>A worker to which a signal comes in the middle of a call of ffmpeg's that reads this file, every time.</summary>
    private DecodeWorkerProgram CrashingWhileReading(string path)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace, which makes a program crash in a system call, is not installed.");
        return Program with
        {
            FileName = "/usr/bin/strace",
            Arguments =
            [
                "-f", "-qq", "-o", "/dev/null", "-P", path, "-e", "trace=read,pread64", "-e", "inject=read,pread64:signal=SIGSEGV:when=2+",
                TestWorker.Program.FileName, .. TestWorker.Program.Arguments,
            ],
        };
    }

    private static VideoRecord Probe(string path)
    {
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        return prober.Probe(path, ExactnessCheck.Patience, Cancel);
    }

    private void Decode(WorkerPairDecoder decoder, VideoRecord record) =>
        decoder.Decode(record, CropPlan.Whole(record, 30, 8), Size, ExactnessCheck.Patience, _first, _second, Cancel);

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    // A process that nobody has waited for yet is dead, too.
    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
