namespace CACL.Configuration.Hocon;

/// <summary>The origin of a value: a place in a file, a <c>--set</c> option, an environment variable.</summary>
/// <param name="Source">File as the user named it, or a phrase such as <c>--set cacl.seed=3</c>.</param>
/// <param name="Line">Line counted from 1; 0 where the source has no lines.</param>
/// <param name="Column">Column counted from 1; 0 where the source has no lines.</param>
public readonly record struct HoconOrigin(string Source, int Line, int Column)
{
    /// <summary>Returns an origin without lines.</summary>
    public static HoconOrigin Of(string source) => new(source, 0, 0);

    /// <summary>file:line:column, for syntax errors.</summary>
    public string Precise => Line > 0 ? $"{Source}:{Line}:{Column}" : Source;

    /// <summary>Returns file:line, for errors in a value.</summary>
    public override string ToString() => Line > 0 ? $"{Source}:{Line}" : Source;
}
