using CACL.Configuration.Hocon;

namespace CACL.Configuration.Keys;

/// <summary>One thing wrong with the settings.</summary>
/// <param name="Key">The key.</param>
/// <param name="Origin">Where its value was written.</param>
/// <param name="Message">What was found, what is allowed.</param>
public sealed record SettingsProblem(string Key, HoconOrigin Origin, string Message)
{
    /// <summary>The problem as one line.</summary>
    public override string ToString() => $"{Origin}: {Key} {Message}";
}

/// <summary>Settings are wrong; the message lists everything that is, not the first fault only.</summary>
public sealed class SettingsException : ConfigurationException
{
    /// <summary>These problems, at least one.</summary>
    public SettingsException(IReadOnlyList<SettingsProblem> problems)
        : base(problems.Count == 1
            ? problems[0].ToString()
            : $"{problems.Count} settings are wrong:{string.Concat(problems.Select(p => $"{Environment.NewLine}  {p}"))}")
    {
        Problems = problems;
    }

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }
}
