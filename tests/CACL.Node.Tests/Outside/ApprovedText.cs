using CACL.Testing;

namespace CACL.Node.Tests.Outside;

/// <summary>Compares what other programs call with an approved text in this folder, so that no change of it goes unnoticed.</summary>
internal static class ApprovedText
{
    private static readonly string Folder = Path.Combine(Workspace.Root, "tests", "CACL.Node.Tests", "Outside");

    /// <summary>
    /// Fails if the text differs from the approved one, and names the first line that differs; the present text is then written beside it.
    /// </summary>
    /// <param name="name">Name of the file NAME.approved.txt.</param>
    /// <param name="now">The present lines.</param>
    public static void AssertSame(string name, IEnumerable<string> now)
    {
        var (approved, received) = (Path.Combine(Folder, $"{name}.approved.txt"), Path.Combine(Folder, $"{name}.received.txt"));
        string[] lines = [.. now];
        string[] before = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        if (lines.SequenceEqual(before))
        {
            File.Delete(received);
            return;
        }

        File.WriteAllLines(received, lines);
        var at = lines.Zip(before).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail($"What other programs call has changed ({name}, line {at + 1}): '{before.ElementAtOrDefault(at)}' is now "
            + $"'{lines.ElementAtOrDefault(at)}'. If that is meant: mv {received} {approved}");
    }
}
