namespace CACL.Testing;

/// <summary>Skips tests that take long, except with <c>tools/test --long</c>, which <c>.ci/run</c> uses.</summary>
internal static class LongTests
{
    /// <summary>Whether long tests run: CACL_LONG_TESTS=1.</summary>
    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("CACL_LONG_TESTS") == "1";

    /// <summary>Skips the test if long tests do not run, and says what takes long in it.</summary>
    public static void Only(string what) => Assert.SkipUnless(Wanted, $"{what}: with tools/test --long.");

    /// <summary>Returns why a row of a theory is skipped, or null.</summary>
    public static string? WhyNot(string what) => Wanted ? null : $"{what}: with tools/test --long.";
}
