namespace CACL.Learning.Verification;

/// <summary>The result of recomputing one quantity of a golden file.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Case">The case that the file names; empty where that cannot be read.</param>
/// <param name="Quantity">What was compared, and the measure of its error.</param>
/// <param name="WorstError">The largest error; infinite where nothing could be compared.</param>
/// <param name="Tolerance">The largest error that counts as equal; 0: exact.</param>
/// <param name="Note">What went wrong, where the error alone does not say it.</param>
public sealed record GoldenResult(string File, string Case, string Quantity, double WorstError, double Tolerance, string? Note = null)
{
    /// <summary>Whether the quantity counts as equal. A NaN is never equal.</summary>
    public bool Passed => Note is null && WorstError <= Tolerance;
}
