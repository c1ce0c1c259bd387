namespace CACL.Learning.Verification;

/// <summary>
/// A golden file lacks something that its case needs, or says something that cannot be followed. It becomes a failed result.
/// </summary>
internal sealed class GoldenException(string message) : Exception(message);
