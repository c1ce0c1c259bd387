using CACL.Actors.Contracts;

namespace CACL.Actors.Evaluators;

/// <summary>Header of a frame Order.</summary>
/// <param name="Number">The link's number of the order.</param>
/// <param name="Order">The order.</param>
internal sealed record OrderHeader(long Number, EvaluationOrder Order);

/// <summary>Header of a frame Fetch, and of the frame Piece that answers it.</summary>
/// <param name="Number">The order.</param>
/// <param name="Part">Which of its files, counted from 0.</param>
/// <param name="Offset">Where the piece begins. It is as long as a piece may be, or ends with the file.</param>
internal sealed record PieceHeader(long Number, int Part, long Offset);

/// <summary>Header of a frame ResultFile.</summary>
/// <param name="Number">The order.</param>
/// <param name="Name">The file's name.</param>
internal sealed record ResultFileHeader(long Number, string Name);

/// <summary>Header of a frame Result or Cancel.</summary>
/// <param name="Number">The order.</param>
internal sealed record OrderNumber(long Number);

/// <summary>Header of a frame HandedBack on the link to a worker that evaluates.</summary>
/// <param name="Number">The order.</param>
/// <param name="Why">The reason, as a clause for the log.</param>
/// <param name="LacksData">Whether the worker cannot evaluate on that data set at all.</param>
internal sealed record OrderRefusal(long Number, string Why, bool LacksData);
