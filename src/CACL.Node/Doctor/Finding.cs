namespace CACL.Node.Doctor;

/// <summary>The severity of a finding.</summary>
internal enum Severity
{
    /// <summary>Everything is in order.</summary>
    Fine,

    /// <summary>Training works, but something could be better.</summary>
    Remark,

    /// <summary>Training cannot start.</summary>
    Blocking,
}

/// <summary>The finding of a check.</summary>
/// <param name="Severity">Its severity.</param>
/// <param name="Text">What was found, or what is missing.</param>
/// <param name="Remedy">What to do about it; null if nothing needs to be done.</param>
internal sealed record Finding(Severity Severity, string Text, string? Remedy = null)
{
    /// <summary>Returns the finding that everything is in order.</summary>
    public static Finding Fine(string text) => new(Severity.Fine, text);
}

/// <summary>A check of one thing.</summary>
/// <param name="Name">Its name, in one or two words.</param>
/// <param name="Deadline">How long it may take.</param>
/// <param name="Look">Makes the check. It may throw, which is a finding, too.</param>
internal sealed record Check(string Name, TimeSpan Deadline, Func<Finding> Look);
