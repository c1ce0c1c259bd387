using CACL.Runs.Folder;
using CACL.Runs.Status;
using CACL.Testing;

namespace CACL.Runs.Tests.Status;

public sealed class NewestEvaluationsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_added_replaced_or_removed_is_seen_and_what_was_given_out_is_the_callers()
    {
        var file = _folder.File(RunFiles.Evaluations);
        var evaluations = new NewestEvaluations(_folder.Path);
        Assert.Empty(evaluations.Read());

        File.AppendAllText(file, "{\"step\":1,\"dataset\":\"a\"}\n");
        var first = evaluations.Read();
        Assert.Equal([1L], Steps(evaluations));
        first.Clear();
        Assert.Equal([1L], Steps(evaluations));

        // Half a line does not count; the completed line does.
        File.AppendAllText(file, "{\"step\":2,\"data");
        Assert.Equal([1L], Steps(evaluations));
        File.AppendAllText(file, "set\":\"a\"}\n{\"step\":2,\"dataset\":\"b\"}\n");
        Assert.Equal([2L, 2L], Steps(evaluations));

        // A resumed run truncates the file.
        File.WriteAllText(file, "{\"step\":1,\"dataset\":\"a\"}\n");
        Assert.Equal([1L], Steps(evaluations));
        File.Delete(file);
        Assert.Empty(evaluations.Read());
    }

    private static long[] Steps(NewestEvaluations evaluations) => [.. evaluations.Read().Select(e => (long)e!["step"]!)];
}
