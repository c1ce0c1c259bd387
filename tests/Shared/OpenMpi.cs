namespace CACL.Testing;

/// <summary>Finds out whether this machine can start several ranks.</summary>
internal static class OpenMpi
{
    /// <summary>Skips the test if there is no mpirun.</summary>
    public static void Require() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun"))),
        "There is no mpirun: apt install openmpi-bin.");
}
