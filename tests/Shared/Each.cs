namespace CACL.Testing;

/// <summary>What holds for each of some things, of which there must be one at least: of none anything could be said.</summary>
internal static class Each
{
    /// <summary>Fails where the check fails for one of them, and where there is none.</summary>
    public static void Holds<T>(IEnumerable<T> items, Action<T> check)
    {
        var all = items.ToList();
        Assert.NotEmpty(all);
#pragma warning disable RS0030 // They are not empty.
        Assert.All(all, check);
#pragma warning restore RS0030
    }
}
