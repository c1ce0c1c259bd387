using System.Text.Encodings.Web;
using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Runs.Folder;

/// <summary>
/// run.json of a run folder: what its numbers depend on beside its settings. Missing in a folder that only earlier versions of the
/// program wrote to.
/// </summary>
/// <param name="Videos">The identity of the videos, as the checkpoints have it: how many, and a hash of their lengths and sizes.</param>
/// <param name="Starts">Each start of the run, the earliest first.</param>
public sealed record RunFacts(string Videos, IReadOnlyList<StartFacts> Starts)
{
    /// <summary>The file's name.</summary>
    public const string Name = "run.json";

    /// <summary>The format of run folders that this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, no page: 0.1.0+1f2e3d stays readable
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Version of the run folder's format; folders from before it was stated have the first.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>These facts and one start more.</summary>
    /// <param name="earlier">What the folder says so far; null: nothing.</param>
    /// <param name="videos">The identity of the videos that it starts with.</param>
    /// <param name="start">The start.</param>
    public static RunFacts With(RunFacts? earlier, string videos, StartFacts start) => new(videos, [.. earlier?.Starts ?? [], start]);

    /// <summary>
    /// The start that computed a step as it is recorded; null: none that is known. A later start does again what came after its
    /// checkpoint.
    /// </summary>
    /// <param name="step">Counted from 1, as metrics.jsonl does.</param>
    public StartFacts? StartOf(long step) => Starts.LastOrDefault(start => start.FirstStep <= step);

    /// <summary>As JSON, UTF-8.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];

    /// <summary>Writes it into a run folder, in one move.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before is as it was.</exception>
    public void Write(string run) => AtomicFile.WriteBytes(Path.Combine(run, Name), ToJson(), durable: true);

    /// <summary>Reads it; null where there is none. Fields that this version does not know are passed over.</summary>
    /// <param name="run">The run folder.</param>
    /// <exception cref="RunFolderException">It is damaged, or cannot be read.</exception>
    public static RunFacts? Read(string run)
    {
        var path = Path.Combine(run, Name);
        try
        {
            if (!Path.Exists(path)) return null;
            var facts = JsonSerializer.Deserialize<RunFacts>(RegularFile.ReadAllBytes(path), Json)
                ?? throw new JsonException("it is null");
            if (facts.Format > CurrentFormat)
            {
                throw new NewerRunFolderException(
                    $"{path} has format {facts.Format}: a newer version of this program wrote this run folder. This one knows formats "
                    + $"up to {CurrentFormat}. Use the version that wrote it.");
            }

            return facts.Starts.All(start => start is { FirstStep: > 0, Threads: > 0 })
                ? facts
                : throw new JsonException("a start has no first step or no threads");
        }
        catch (JsonException e)
        {
            throw new RunFolderException(
                $"{path} is damaged ({e.Message.TrimEnd('.')}), so on what the run was computed is not known. Put the file back, or delete "
                    + "it.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{path} cannot be read: {e.Message.TrimEnd('.')}. Change its permissions, or delete it.", e);
        }
    }

    /// <summary>
    /// Refuses a run folder that a newer version wrote. Damaged facts are no reason to: the folder's other files can be read.
    /// </summary>
    /// <param name="run">The run folder.</param>
    /// <exception cref="NewerRunFolderException">A newer version wrote it.</exception>
    public static void RequireKnownFormat(string run)
    {
        try
        {
            _ = Read(run);
        }
        catch (RunFolderException damaged) when (damaged is not NewerRunFolderException)
        {
            // Who needs the facts themselves says so.
        }
    }
}
