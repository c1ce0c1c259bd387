namespace CACL.Node.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>All well.</summary>
    Fine,

    /// <summary>Training works, but something could be better.</summary>
    Remark,

    /// <summary>Training cannot start.</summary>
    Blocking,
}

/// <summary>What one check found.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What there is, or what is lacking.</param>
/// <param name="Remedy">What to do about it; null where nothing needs to be done.</param>
internal sealed record Finding(Severity Severity, string Text, string? Remedy = null)
{
    /// <summary>All well.</summary>
    public static Finding Fine(string text) => new(Severity.Fine, text);
}

/// <summary>One thing that is looked at.</summary>
/// <param name="Name">One or two words.</param>
/// <param name="Deadline">How long it may take.</param>
/// <param name="Look">Looks. May throw; that is a finding too.</param>
internal sealed record Check(string Name, TimeSpan Deadline, Func<Finding> Look);
