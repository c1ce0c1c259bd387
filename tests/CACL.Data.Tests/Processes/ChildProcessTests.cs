using System.Diagnostics;
using CACL.Data.Processes;
using CsCheck;

namespace CACL.Data.Tests.Processes;

/// <summary>Tests real processes: shells that do what a program may do.</summary>
public sealed class ChildProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_quoted_argument_comes_through_as_it_was() =>
        Gen.String[Gen.Char["ab \"\\\\'\t\n$%üé"], 0, 12].Array[1, 6].Sample(
            arguments =>
            {
                using var shell = Shell("printf '%s\\0' \"$@\"", arguments);
                var heard = shell.Lines.ReadToEnd().Split('\0')[..^1];
                Assert.Equal(0, shell.WaitForExit().ExitCode);
                Assert.Equal(arguments, heard);
            },
            iter: 20);

    [Theory]
    [InlineData("kill -9 $$", 9, "was killed by signal 9 (SIGKILL); the machine may have run out of memory")]
    [InlineData("kill -TERM $$", 15, "was killed by signal 15 (SIGTERM)")]
    [InlineData("echo before >&2; kill -SEGV $$", 11, "was killed by signal 11 (SIGSEGV)")]
    public void An_end_by_a_signal_is_told_by_its_name(string script, int signal, string words)
    {
        using var shell = Shell(script);
        var end = shell.WaitForExit();
        Assert.Equal((128 + signal, (int?)signal, false), (end.ExitCode, end.Signal, end.IsSuccess));
        Assert.Equal(words, end.Description);
    }

    [Theory]
    [InlineData("exit 3", "ended with exit code 3 and without a word")]
    [InlineData("echo a disk is full >&2; exit 1", "ended with exit code 1: a disk is full")]
    [InlineData("for i in 1 2 3 4 5 6 7; do echo $i >&2; done; exit 2", "ended with exit code 2: 3 4 5 6 7")]
    public void An_end_by_itself_is_told_with_its_last_words(string script, string words)
    {
        using var shell = Shell(script);
        var end = shell.WaitForExit();
        Assert.Null(end.Signal);
        Assert.Equal(words, end.Description);
    }

    [Fact]
    public void A_program_that_is_not_there_never_began()
    {
        try
        {
            using var process = new ChildProcess(new ChildStartInfo("/no/such/program", ["x"]) { Timeout = Patience }, Cancel);
            var end = process.WaitForExit();
            Assert.True(end.NeverStarted, end.Description);
            Assert.Contains("/no/such/program", end.Description, StringComparison.Ordinal);
        }
        catch (ChildStartException e)
        {
            Assert.Contains("/no/such/program", e.Message, StringComparison.Ordinal); // without a wrapper around it
        }
    }

    [Fact]
    public void At_its_deadline_it_is_ended_with_its_children()
    {
        using var shell = new ChildProcess(
            new ChildStartInfo("/bin/sh", ["-c", "sleep 100 & echo $!; wait"]) { Timeout = TimeSpan.FromMilliseconds(300) }, Cancel);
        var child = int.Parse(shell.Lines.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        var late = Assert.Throws<TimeoutException>(shell.WaitForExit);
        Assert.Contains("/bin/sh took longer than the 0.3 s allowed", late.Message, StringComparison.Ordinal);
        AssertGone(child);
    }

    [Fact]
    public async Task Who_gives_up_ends_it()
    {
        using var cancel = new CancellationTokenSource();
        using var shell = new ChildProcess(new ChildStartInfo("/bin/sh", ["-c", "echo ready; sleep 100"]) { Timeout = Patience }, cancel.Token);
        Assert.Equal("ready", await shell.Lines.ReadLineAsync(Cancel));
        var end = shell.WaitForExitAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => end.WaitAsync(Patience, Cancel));
        AssertGone(shell.Id);
    }

    [Fact]
    public void Asked_to_end_it_may_do_so_in_order_and_is_ended_where_it_does_not()
    {
        using var orderly = Shell("trap 'echo saved; exit 7' TERM; echo ready; while :; do sleep 0.01; done");
        Assert.Equal("ready", orderly.Lines.ReadLine());
        orderly.RequestExit(Patience);
        Assert.Equal("saved", orderly.Lines.ReadLine());
        Assert.Equal(7, orderly.WaitForExit().ExitCode);

        using var deaf = Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        Assert.Equal("ready", deaf.Lines.ReadLine());
        deaf.RequestExit(TimeSpan.FromMilliseconds(200));
        Assert.Throws<TimeoutException>(deaf.WaitForExit);
    }

    [Fact]
    public void What_it_says_is_passed_on_whole_and_what_it_complains_about_is_kept_bounded()
    {
        var (said, heard) = (0L, 0L);
        const string script =
            "head -c 3000000 /dev/zero | tr '\\0' x; head -c 2000000 /dev/zero | tr '\\0' y >&2; echo >&2; echo last >&2; exit 4";
        var start = new ChildStartInfo("/bin/sh", ["-c", script])
        {
            Timeout = Patience,
            OnOutput = text => said += text.Length,
            OnError = text => heard += text.Length,
        };
        using var shell = new ChildProcess(start, Cancel);
        var end = shell.WaitForExit();
        Assert.Equal((3_000_000L, 2_000_006L), (said, heard));
        Assert.True(end.ErrorTail.Sum(line => line.Length) < 100_000);
        Assert.Equal("last", end.ErrorTail[^1]);
    }

    [Fact]
    public void It_lives_in_a_session_of_its_own_with_the_variables_it_is_given()
    {
        var start = new ChildStartInfo("/bin/sh", ["-c", "cut -d ' ' -f 6 /proc/$$/stat; echo $$ $GIVEN $HOME"])
        {
            Timeout = Patience,
            Environment = new Dictionary<string, string?> { ["GIVEN"] = "yes", ["HOME"] = null },
        };
        using var shell = new ChildProcess(start, Cancel);
        var (session, rest) = (shell.Lines.ReadLine(), shell.Lines.ReadLine());
        if (File.Exists("/usr/bin/setsid")) Assert.Equal($"{shell.Id}", session);
        Assert.Equal($"{shell.Id} yes", rest);
    }

    private static ChildProcess Shell(string script, params string[] arguments) =>
        new(new ChildStartInfo("/bin/sh", ["-c", script, "sh", .. arguments]) { Timeout = Patience }, Cancel);

    // A zombie process is no longer running.
    private static void AssertGone(int process)
    {
        var began = Stopwatch.GetTimestamp();
        var status = $"/proc/{process}/status";
        while (Runs())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Process {process} is still there.");
            Thread.Yield();
        }

        bool Runs()
        {
            try
            {
                return !File.ReadAllText(status).Contains("State:\tZ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
