namespace CACL.Learning.Verification;

/// <summary>§10: each tensor is the stream of its own name.</summary>
internal static class UniformCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        foreach (var entry in golden.Entries)
        {
            var numbers = NamedNumbers.Uniform(entry.Name, entry.Count, golden.Seed());
            check.Exact(entry.Name, golden.Doubles(entry.Name), Array.ConvertAll(numbers, n => (double)n));
        }
    }
}
