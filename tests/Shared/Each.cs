namespace CACL.Testing;

/// <summary>Makes a claim about each element of a collection, which must not be empty: any claim would hold of no elements.</summary>
internal static class Each
{
    /// <summary>Fails if the check fails for one element, or if there is none.</summary>
    public static void Holds<T>(IEnumerable<T> items, Action<T> check)
    {
        var all = items.ToList();
        Assert.NotEmpty(all);
#pragma warning disable RS0030 // The collection is not empty.
        Assert.All(all, check);
#pragma warning restore RS0030
    }
}
