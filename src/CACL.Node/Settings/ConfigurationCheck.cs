using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;
using CACL.Node.Ending;

namespace CACL.Node.Settings;

/// <summary><c>cacl config check</c>: each file by itself, told as right with what it changes, or with every fault.</summary>
internal static class ConfigurationCheck
{
    /// <summary>Checks files and writes what was found.</summary>
    /// <param name="files">HOCON files, each checked for itself.</param>
    /// <param name="overrides">Texts <c>key=value</c> that go with each of them.</param>
    /// <param name="environment">Environment variables. Those that set a key do not count, so that a file is judged alike everywhere.</param>
    /// <param name="output">Takes the files that are right.</param>
    /// <param name="error">Takes the faults.</param>
    /// <returns>The exit code: failure where any file is at fault.</returns>
    public static int Run(
        IReadOnlyList<string> files,
        IReadOnlyList<string> overrides,
        IReadOnlyDictionary<string, string> environment,
        TextWriter output,
        TextWriter error)
    {
        var variables = environment.Where(v => !v.Key.StartsWith("CACL_", StringComparison.Ordinal)).ToDictionary();
        var defaults = ConfigurationFiles.Defaults();
        var right = true;
        foreach (var file in files)
        {
            try
            {
                Tell(file, ConfigurationFiles.Load([file], overrides, variables).DifferencesFrom(defaults), output);
            }
            catch (ConfigurationException e)
            {
                right = false;
                error.WriteLine(Faults(file, e));
            }
        }

        return right ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static void Tell(string file, IReadOnlyList<ResolvedSetting> changed, TextWriter output)
    {
        output.WriteLine(changed.Count switch
        {
            0 => $"{file} is right: every setting has its default.",
            1 => $"{file} is right: 1 setting differs from its default.",
            var count => $"{file} is right: {count} settings differ from their defaults.",
        });
        foreach (var setting in changed) output.WriteLine($"  {ResolvedConfiguration.Line(setting)}");
    }

    private static string Faults(string file, ConfigurationException e)
    {
        var faults = e is SettingsException settings ? settings.Problems.Select(p => p.ToString()).ToArray() : [e.Message];
        return $"{file} has {(faults.Length == 1 ? "1 fault" : $"{faults.Length} faults")}:{string.Concat(faults.Select(f => $"{Environment.NewLine}  {f}"))}";
    }
}
