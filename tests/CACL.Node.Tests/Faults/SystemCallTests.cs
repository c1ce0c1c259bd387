using CACL.Testing;

namespace CACL.Node.Tests.Faults;

public sealed class SystemCallTests
{
    [Theory]
    [InlineData("7 fsync(3</a>) = 0\n", 1)]
    [InlineData("7 fsync(3</a>) = 0\n7 fsync(3</b>) = 0\n", 2)]
    [InlineData("7 fsync(3</a>) = 0\n7 fsync(3</b", 1)]
    [InlineData("7 fsync(3</a>) = 0\n7 fs", 1)]
    [InlineData("7 fsync(3</a> <unfinished ...>\n8 fsync(4</b>) = 0\n7 <... fsync resumed>) = 0\n", 2)]
    [InlineData("7 fsync(3</a> <unfinished ...>\n7 +++ killed by SIGKILL +++\n", 0)]
    [InlineData("7 fsync(3</a>) = -1 EIO (Input/output error) (INJECTED)\n", 0)]
    public void Calls_that_returned_are_read_and_a_line_that_strace_did_not_finish_is_none(string log, int calls)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("log");
        File.WriteAllText(file, log);
        Assert.Equal(Enumerable.Repeat("fsync", calls), SystemCall.Read(file).Select(call => call.Name));
    }
}
