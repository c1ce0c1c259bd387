using CACL.Configuration.Hocon;

namespace CACL.Configuration.Keys;

/// <summary>One fault of the settings.</summary>
/// <param name="Key">The key.</param>
/// <param name="Origin">Where its value was written.</param>
/// <param name="Message">What was found, and what is allowed.</param>
public sealed record SettingsProblem(string Key, HoconOrigin Origin, string Message)
{
    /// <summary>Returns the problem as one line.</summary>
    public override string ToString() => $"{Origin}: {Key} {Message}";
}

/// <summary>Settings are wrong; the message lists all faults, not only the first.</summary>
public sealed class SettingsException : ConfigurationException
{
    /// <summary>Creates the exception for these problems, at least one.</summary>
    public SettingsException(IReadOnlyList<SettingsProblem> problems)
        : base(problems.Count == 1
            ? problems[0].ToString()
            : $"{problems.Count} settings are wrong:{string.Concat(problems.Select(p => $"{Environment.NewLine}  {p}"))}")
    {
        Problems = problems;
    }

    /// <summary>All problems.</summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }
}
