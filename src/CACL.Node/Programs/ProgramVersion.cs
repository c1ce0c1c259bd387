using System.Reflection;

namespace CACL.Node.Programs;

/// <summary>This program's version, with the commit that it was built from.</summary>
internal static class ProgramVersion
{
    /// <summary>Such as 0.1.0+1f2e3d.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
}
