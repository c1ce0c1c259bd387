namespace CACL.Actors.Evaluators;

/// <summary>Sizes that both ends agree on.</summary>
public static class EvaluatorLimits
{
    /// <summary>Bytes of a piece.</summary>
    public const int Piece = 1 << 20;

    /// <summary>The most pieces that a worker may have asked for and not got.</summary>
    public const int PiecesAtOnce = 64;

    /// <summary>Bytes of a result.</summary>
    public const int Result = 4 << 20;

    /// <summary>Bytes of all files that an evaluation leaves.</summary>
    public const long Files = 64 << 20;

    /// <summary>The most evaluations that a worker makes at once.</summary>
    public const int AtOnce = 64;

    /// <summary>Returns whether a name is that of a file in a folder, and no way out of it.</summary>
    internal static bool IsPlain(string name) =>
        name.Length is > 0 and <= 100 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
