using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;
using CACL.Data.Wording;
using CACL.Node.Ending;

namespace CACL.Node.Settings;

/// <summary>Checks a file that contains more than the settings of a run.</summary>
/// <param name="file">The file.</param>
/// <param name="overrides">Overrides, <c>key=value</c>, that apply to it.</param>
/// <param name="environment">Environment variables.</param>
/// <returns>What to say about a valid file: a clause, and lines below it; null: it is a file of settings.</returns>
/// <exception cref="UserException">The file is not valid.</exception>
internal delegate (string Right, IReadOnlyList<string> Lines)? OtherCheck(
    string file, IReadOnlyList<string> overrides, IReadOnlyDictionary<string, string> environment);

/// <summary>
/// Handles <c>cacl config check</c>: each file is checked by itself, and reported as valid with what it changes, or with all its faults.
/// </summary>
internal static class ConfigurationCheck
{
    /// <summary>Checks files, and writes what was found.</summary>
    /// <param name="files">HOCON files, each checked by itself.</param>
    /// <param name="overrides">Overrides, <c>key=value</c>, that apply to each of them.</param>
    /// <param name="environment">Environment variables. Those that set a key are ignored, so that a file is judged alike
    /// everywhere.</param>
    /// <param name="other">Checks files that contain something other than settings.</param>
    /// <param name="output">Receives the valid files.</param>
    /// <param name="error">Receives the faults.</param>
    /// <returns>The exit code: failure if any file is not valid.</returns>
    public static int Run(
        IReadOnlyList<string> files,
        IReadOnlyList<string> overrides,
        IReadOnlyDictionary<string, string> environment,
        OtherCheck other,
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
                var (words, lines) = other(file, overrides, variables)
                    ?? Changed(ConfigurationFiles.Load([file], overrides, variables), defaults);
                output.WriteLine($"{file} is right: {words}");
                foreach (var line in lines) output.WriteLine($"  {line}");
            }
            catch (Exception e) when (e is ConfigurationException or UserException)
            {
                right = false;
                error.WriteLine(Faults(file, e));
            }
        }

        return right ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static (string, IReadOnlyList<string>) Changed(ResolvedConfiguration resolved, ResolvedConfiguration defaults)
    {
        var changed = resolved.DifferencesFrom(defaults);
        var words = changed.Count switch
        {
            0 => "every setting has its default.",
            1 => "1 setting differs from its default.",
            var count => $"{count} settings differ from their defaults.",
        };
        return (words, [.. changed.Select(ResolvedConfiguration.Line), .. Queues(resolved.Settings, changed)]);
    }

    // How many videos there will be, a file of settings does not say.
    private static IEnumerable<string> Queues(RunSettings settings, IReadOnlyList<ResolvedSetting> changed)
    {
        string[] keys = ["cacl.model.queue-size", "cacl.model.enqueue-pixels"];
        var queues = settings.ToMethod().Describe().Queues;
        if (queues.Count > 0 && changed.Any(setting => keys.Any(key => setting.Key.StartsWith(key, StringComparison.Ordinal))))
        {
            var least = QueueAdvice.LeastVideos(queues, settings.Model.EnqueuePixels);
            yield return $"Its queues suit {Counted.Of(least, "video")} or more: with fewer, they hold frames of the very video that is "
                + "to be told apart.";
        }
    }

    private static string Faults(string file, Exception e)
    {
        var faults = e is SettingsException settings ? settings.Problems.Select(p => p.ToString()).ToArray() : [e.Message];
        return $"{file} has {Counted.Of(faults.Length, "fault")}:{string.Concat(faults.Select(f => $"{Environment.NewLine}  {f}"))}";
    }
}
