using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Files;
using CACL.Learning.Evaluation.Confidence;
using CACL.Node.Ending;

namespace CACL.Node.Study;

/// <summary>
/// The folder of a study. Its content is the study's state: a finished evaluation is a folder with a result, a finished training a small
/// file. It is locked until disposed.
/// </summary>
internal sealed class StudyFolder : IDisposable
{
    private const string LockName = ".lock";
    private const string StudyName = "study.json";
    private const string Partial = ".partial-";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly FileStream _lock;

    private StudyFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>The table for people.</summary>
    public string Markdown => File("study.md");

    /// <summary>Every value.</summary>
    public string Csv => File("study.csv");

    /// <summary>The settings of every evaluation.</summary>
    public string EvaluationConfiguration => File("configurations", "evaluation.conf");

    /// <summary>When the study was started, UTC.</summary>
    public DateTimeOffset Began { get; private set; }

    /// <summary>Opens a folder and locks it, and checks that its content belongs to this study.</summary>
    /// <param name="path">The folder; created if it is missing.</param>
    /// <param name="fingerprint">The study's fingerprint.</param>
    /// <param name="overwrite">Whether another study in it is deleted.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="UserException">The folder contains another study or something else, another process is working in it, or it cannot
    /// be written.</exception>
    public static StudyFolder Open(string path, IReadOnlyDictionary<string, string> fingerprint, bool overwrite, DateTimeOffset now)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Refuse(path);
            FileSync.MakeFolder(path);
            var folder = new StudyFolder(path, Hold(path));
            try
            {
                folder.Begin(fingerprint, overwrite, now);
                return folder;
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The study's folder {path} cannot be written: {e.Message.TrimEnd('.')}. Name another one with --out, "
                + "or change its permissions.", e);
        }
    }

    /// <summary>Returns the file for the plot of a data set.</summary>
    public string Plot(StudyDataSet? set) => File(set is null ? "miou.png" : $"miou-{set.FileName}.png");

    /// <summary>Returns the file for the settings of a training.</summary>
    public string TrainingConfiguration(StudyTraining training) => File("configurations", training.FileName + ".conf");

    /// <summary>Returns the run folder of a training.</summary>
    public string Run(StudyTraining training) => File("runs", training.FileName);

    /// <summary>Returns the file for a child's output.</summary>
    public string Log(string name) => File("logs", name + ".log");

    /// <summary>Returns the finished training, or null if it is not finished.</summary>
    public FinishedTraining? Finished(StudyTraining training)
    {
        var file = File("finished", training.FileName + ".json");
        return System.IO.File.Exists(file) ? JsonSerializer.Deserialize<FinishedTraining>(RegularFile.ReadAllText(file)) : null;
    }

    /// <summary>Notes that a training is finished.</summary>
    public void Finish(StudyTraining training, FinishedTraining finished) =>
        Write(File("finished", training.FileName + ".json"), JsonSerializer.Serialize(finished, Indented));

    /// <summary>Returns the result of an evaluation, or null if it is not finished.</summary>
    public StudyResult? Result(StudyEvaluation evaluation)
    {
        var file = System.IO.Path.Combine(Evaluation(evaluation), StudyResult.FileName);
        return System.IO.File.Exists(file) ? StudyResult.Read(file) : null;
    }

    /// <summary>Returns the file with the counts of each test image; evaluations of older programs have none.</summary>
    public string Counts(StudyEvaluation evaluation) => System.IO.Path.Combine(Evaluation(evaluation), ImageCountsFile.Name);

    /// <summary>Creates a folder for an evaluation's files; nothing counts before <see cref="Keep"/>.</summary>
    public string NewEvaluation()
    {
        var folder = File("evaluations", Partial + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Atomically makes an evaluation's files its finished result, down to the disk.</summary>
    public void Keep(StudyEvaluation evaluation, string made)
    {
        var final = Evaluation(evaluation);
        FileSync.MakeFolder(System.IO.Path.GetDirectoryName(final)!);
        if (Directory.Exists(final)) Directory.Delete(final, recursive: true);
        FileSync.Folder(made);
        Directory.Move(made, final);
        FileSync.Folder(System.IO.Path.GetDirectoryName(final)!);
    }

    /// <summary>Writes a file atomically, and flushes it to the disk, so that what is done need not be done again.</summary>
    public static void Write(string file, string text) => AtomicFile.WriteText(file, text, durable: true);

    /// <summary>Unlocks the folder.</summary>
    public void Dispose() => _lock.Dispose();

    private string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private string Evaluation(StudyEvaluation evaluation) => File("evaluations", evaluation.DataSet.FileName, evaluation.Subject);

    private void Begin(IReadOnlyDictionary<string, string> fingerprint, bool overwrite, DateTimeOffset now)
    {
        AtomicFile.RemoveLeftovers(Path);
        if (overwrite) Empty();
        foreach (var folder in new[] { "configurations", "runs", "logs", "finished", "evaluations" })
            FileSync.MakeFolder(File(folder));
        foreach (var left in Directory.EnumerateDirectories(File("evaluations"), Partial + "*")) Directory.Delete(left, recursive: true);
        var known = System.IO.File.Exists(File(StudyName)) ? JsonNode.Parse(RegularFile.ReadAllText(File(StudyName)))!.AsObject() : null;
        Began = known?["began"]?.GetValue<DateTimeOffset>() ?? now;
        if (known is not null) StudyFingerprint.Check(known["fingerprint"].Deserialize<Dictionary<string, string>>()!, fingerprint, Path);
        Write(
            File(StudyName),
            new JsonObject { ["began"] = Began, ["fingerprint"] = JsonSerializer.SerializeToNode(fingerprint) }.ToJsonString(Indented));
    }

    private static void Refuse(string path)
    {
        if (System.IO.File.Exists(path)) throw new UserException($"The study's folder {path} is a file. Name a folder with --out.");
        if (!Directory.Exists(path) || System.IO.File.Exists(System.IO.Path.Combine(path, StudyName))) return;
        var foreign = Directory.EnumerateFileSystemEntries(path).Select(e => System.IO.Path.GetFileName(e)).FirstOrDefault(n => !IsOurs(n));
        if (foreign is null) return;
        throw new UserException($"The folder {path} is not a study's (it holds {foreign}, and no {StudyName}). Nothing in it was touched; "
            + "name an empty or new folder with --out.");
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal)
        || name is LockName or StudyName or StudyName + ".tmp" or "configurations" or "runs" or "logs" or "finished" or "evaluations"
        || ((name.StartsWith("study.", StringComparison.Ordinal) || name.StartsWith("miou", StringComparison.Ordinal))
            && System.IO.Path.GetExtension(name) is ".md" or ".csv" or ".png" or ".tmp");

    // study.json is deleted last: until it is gone, a half-deleted folder is still recognised as a study's.
    private void Empty()
    {
        foreach (var entry in Directory.GetFileSystemEntries(Path).Where(e =>
            System.IO.Path.GetFileName(e) is var n && n != LockName && IsOurs(n)).OrderBy(e => System.IO.Path.GetFileName(e) == StudyName))
        {
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else System.IO.File.Delete(entry);
        }
    }

    private static FileStream Hold(string path)
    {
        try
        {
            return RegularFile.Open(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is 11 or unchecked((int)0x80070020))
        {
            throw new UserException($"Another process is running a study in {path}. Wait until it ends, stop it, or name another folder "
                + "with --out.", e);
        }
    }
}

/// <summary>A finished training.</summary>
/// <param name="Steps">Number of its steps.</param>
/// <param name="Seconds">Sum of the durations of its steps.</param>
internal sealed record FinishedTraining(long Steps, double Seconds);
