namespace CACL.Testing;

/// <summary>Tests that take long: <c>tools/test --long</c> runs them, as <c>.ci/run</c> does.</summary>
internal static class LongTests
{
    /// <summary>Whether they are wanted: CACL_LONG_TESTS=1.</summary>
    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("CACL_LONG_TESTS") == "1";

    /// <summary>Skips the test where they are not, and says what takes long in it.</summary>
    public static void Only(string what) => Assert.SkipUnless(Wanted, $"{what}: with tools/test --long.");

    /// <summary>The same for a row of a theory: why it is skipped, or null.</summary>
    public static string? WhyNot(string what) => Wanted ? null : $"{what}: with tools/test --long.";
}
