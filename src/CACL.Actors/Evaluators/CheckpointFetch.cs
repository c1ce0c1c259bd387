using System.Security.Cryptography;
using CACL.Data.Files;
using CACL.Learning.Weights;

namespace CACL.Actors.Evaluators;

/// <summary>Fetches a piece of a checkpoint's file.</summary>
/// <param name="part">Which of the checkpoint's files, counted from 0.</param>
/// <param name="offset">Where the piece begins.</param>
/// <param name="cancel">Cancels.</param>
/// <returns>The bytes from there: <see cref="EvaluatorLimits.Piece"/> of them, or as many as are left.</returns>
public delegate Task<byte[]> FetchPiece(int part, long offset, CancellationToken cancel);

/// <summary>Fetches the files of a checkpoint into a folder, from where an earlier attempt stopped.</summary>
internal static class CheckpointFetch
{
    // So many pieces are asked for before the first has come, so that the network's delay costs little.
    private const int Ahead = 4;
    private const int MostTries = 2;

    /// <summary>Fetches what the folder lacks, and checks every file; what came damaged is fetched once more.</summary>
    /// <returns>Bytes that were fetched.</returns>
    /// <exception cref="InvalidDataException">A file came damaged again.</exception>
    public static async Task<long> IntoAsync(
        string folder, IReadOnlyList<CheckpointPart> parts, FetchPiece fetch, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var fetched = 0L;
        for (var number = 1; ; number++)
        {
            for (var part = 0; part < parts.Count; part++)
            {
                var path = Path.Combine(folder, parts[part].Name);
                fetched += await CompleteAsync(path, part, parts[part], fetch, cancel).ConfigureAwait(false);
            }

            var damaged = await Task.Run(() => Damaged(folder, parts), cancel).ConfigureAwait(false);
            if (damaged.Count == 0) return fetched;
            foreach (var name in damaged) File.Delete(Path.Combine(folder, name));
            if (number == MostTries)
                throw new InvalidDataException($"the checkpoint came damaged {MostTries} times ({string.Join(", ", damaged)})");
        }
    }

    /// <summary>Returns the names of the files that are missing, or are not what they must be.</summary>
    public static IReadOnlyList<string> Damaged(string folder, IReadOnlyList<CheckpointPart> parts) =>
        [.. parts.Where(part => !IsSound(Path.Combine(folder, part.Name), part)).Select(part => part.Name)];

    private static bool IsSound(string path, CheckpointPart part)
    {
        try
        {
            using var file = RegularFile.OpenRead(path);
            return file.Length == part.Bytes && Convert.ToHexStringLower(SHA256.HashData(file)) == part.Sha256;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotARegularFileException)
        {
            return false;
        }
    }

    private static async Task<long> CompleteAsync(
        string path, int number, CheckpointPart part, FetchPiece fetch, CancellationToken cancel)
    {
        var file = RegularFile.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        await using (file.ConfigureAwait(false))
        {
            if (file.Length > part.Bytes) file.SetLength(0);
            var (began, asked) = (file.Seek(0, SeekOrigin.End), file.Length);
            var coming = new Queue<(Task<byte[]> Piece, long Bytes)>();
            while (coming.Count > 0 || asked < part.Bytes)
            {
                while (coming.Count < Ahead && asked < part.Bytes)
                {
                    var bytes = Math.Min(EvaluatorLimits.Piece, part.Bytes - asked);
                    coming.Enqueue((fetch(number, asked, cancel), bytes));
                    asked += bytes;
                }

                var (piece, expected) = coming.Dequeue();
                var came = await piece.ConfigureAwait(false);
                if (came.Length != expected)
                    throw new InvalidDataException($"{came.Length} bytes of {part.Name} came where {expected} were asked for");
                await file.WriteAsync(came, cancel).ConfigureAwait(false);
            }

            return file.Length - began;
        }
    }
}
