using System.Globalization;

namespace CACL.Node.Programs;

/// <summary>
/// Sets the culture in which the whole process, libraries included, reads and writes numbers and dates. The program is built without other
/// cultures, but <c>DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0</c> in the environment brings them back, and with them 0,25, −1 and 1447.
/// </summary>
internal static class ProcessCulture
{
    /// <summary>Sets the invariant culture for this thread and for every thread to come.</summary>
    public static void MakeInvariant()
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
    }
}
