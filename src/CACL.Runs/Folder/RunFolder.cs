using System.Globalization;
using CACL.Data.Files;

namespace CACL.Runs.Folder;

/// <summary>What happens to the existing content of a run folder.</summary>
public enum RunStart
{
    /// <summary>There must be none.</summary>
    New,

    /// <summary>The run in the folder is resumed.</summary>
    Resume,

    /// <summary>What a run wrote into the folder is deleted.</summary>
    Overwrite,
}

/// <summary>The folder of a run. It is locked until disposed; the lock ends with the process, however that ends.</summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>Name of the file with the settings, by which a folder is recognised as a run's.</summary>
    public const string ConfigurationName = "config.resolved.conf";

    /// <summary>Name of the file that says with which videos the run began.</summary>
    public const string VideosName = "videos.json";

    private const string LockName = ".lock";
    private const string TemporaryEnding = ".tmp"; // the suffix of unfinished files that earlier versions left
    private const string CheckpointsName = "checkpoints";
    private const string EvaluationsName = "evaluations";
    private const string TensorBoardName = "tensorboard";

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>The settings of the run, as HOCON.</summary>
    public string ResolvedConfiguration => System.IO.Path.Combine(Path, ConfigurationName);

    /// <summary>The log, compact JSON.</summary>
    public string Log => System.IO.Path.Combine(Path, "train.log");

    /// <summary>A line of numbers for each step.</summary>
    public string Metrics => System.IO.Path.Combine(Path, RunFiles.Metrics);

    /// <summary>A line for each video that could not be used.</summary>
    public string Quarantine => System.IO.Path.Combine(Path, RunFiles.Quarantine);

    /// <summary>A line for each evaluation.</summary>
    public string Evaluations => System.IO.Path.Combine(Path, RunFiles.Evaluations);

    /// <summary>The folder of evaluations: a folder for the results of each, and those that are still to be made.</summary>
    public string EvaluationResults => System.IO.Path.Combine(Path, EvaluationsName);

    /// <summary>The folder of checkpoints.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, CheckpointsName);

    /// <summary>The folder of TensorBoard's event files.</summary>
    public string TensorBoard => System.IO.Path.Combine(Path, TensorBoardName);

    /// <summary>Returns the folder of a run that names none: runs/YYYYMMDD-HHMMSS below <paramref name="below"/>.</summary>
    public static string Name(DateTimeOffset now, string below)
    {
        var time = now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var name = System.IO.Path.GetFullPath(System.IO.Path.Combine(below, "runs", time));
        var free = name;
        for (var i = 2; Directory.Exists(free); i++) free = $"{name}-{i}";
        return free;
    }

    /// <summary>Opens a folder and locks it.</summary>
    /// <param name="path">The folder; created if it is missing, unless a run is to be resumed.</param>
    /// <param name="start">What happens to its existing content.</param>
    /// <exception cref="RunFolderException">The folder contains something else, nothing to resume, or another process's run, or it cannot
    /// be written.</exception>
    public static RunFolder Open(string path, RunStart start)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Check(path, start);
            FileSync.MakeFolder(path);
            var folder = new RunFolder(path, Hold(path));
            try
            {
                folder.Prepare(start);
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
            throw new RunFolderException($"The run folder {path} cannot be written: {e.Message.TrimEnd('.')}. Name another one with "
                + "--run, or change its permissions.", e);
        }
    }

    /// <summary>Checks that a folder exists.</summary>
    /// <param name="path">The folder, absolute.</param>
    /// <exception cref="RunFolderException">There is none.</exception>
    public static void RequireFolder(string path)
    {
        if (!Directory.Exists(path)) throw new RunFolderException($"There is no run folder {path}. Check the name given with --run.");
    }

    /// <summary>Checks that a folder exists and contains a run, running or not.</summary>
    /// <param name="path">The folder, absolute.</param>
    /// <exception cref="RunFolderException">There is none, or it contains no run.</exception>
    public static void RequireRun(string path)
    {
        RequireFolder(path);
        if (!File.Exists(System.IO.Path.Combine(path, ConfigurationName)))
            throw new RunFolderException($"The folder {path} holds no run (no {ConfigurationName}). Check the name given with --run.");
    }

    /// <summary>Returns whether a program has locked a run folder at this moment; false if that cannot be determined.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            using var free = RegularFile.Open(System.IO.Path.Combine(path, LockName), FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (IOException e)
        {
            return IsSharingViolation(e);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Prepares the folder for a start: writes the settings atomically, and removes the figures of steps that will be done again.
    /// </summary>
    /// <param name="configuration">The settings, HOCON.</param>
    /// <param name="steps">Steps that the run has behind it.</param>
    /// <param name="more">Writes what else belongs to the beginning; null: nothing.</param>
    /// <param name="facts">What is known of this start and those before it; null: no word of it.</param>
    /// <exception cref="RunFolderException">The folder cannot be written; what it holds is as it was.</exception>
    public void Begin(string configuration, long steps, Action<string>? more = null, RunFacts? facts = null)
    {
        // control.jsonl stays complete: its changes for steps that are done again take effect again.
        string[] lines = [.. new[] { Metrics, Evaluations }.Where(File.Exists)];
        var files = new List<AtomicFile>();
        try
        {
            // Everything is first written beside the old files, down to the disk: if that is full, or the power fails, nothing has changed.
            foreach (var path in lines) Begin(path, copy => JsonLinesFile.CopyKept(path, copy, line => StepOf(line) <= steps));
            Begin(ResolvedConfiguration, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(configuration)));
            if (facts is not null) Begin(System.IO.Path.Combine(Path, RunFacts.Name), stream => stream.Write(facts.ToJson()));
            more?.Invoke(Path);
            foreach (var file in files) file.Commit();
            // How the last start ended does not say how this one will.
            File.Delete(System.IO.Path.Combine(Path, OutcomeFile.Name));
            FileSync.Folder(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"The run folder {Path} cannot be written: {e.Message.TrimEnd('.')}. Free space there, or name "
                + "another one with --run.", e);
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }

        void Begin(string path, Action<Stream> write)
        {
            files.Add(new AtomicFile(path));
            files[^1].Fill(write, durable: true);
        }
    }

    /// <summary>
    /// Flushes the lines of metrics.jsonl so far to the disk, so that a checkpoint never survives a power failure without the figures of
    /// the steps before it.
    /// </summary>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public void FlushMetrics() => FileSync.File(Metrics);

    /// <summary>
    /// Unlocks the folder. The lock file stays: deleting it could remove it from under another process that has just opened it.
    /// </summary>
    public void Dispose() => _lock.Dispose();

    // A line without a step is of no step that will be done again.
    private static long StepOf(System.Text.Json.JsonElement line) =>
        line.ValueKind == System.Text.Json.JsonValueKind.Object && line.TryGetProperty("step", out var step)
            && step.ValueKind == System.Text.Json.JsonValueKind.Number && step.TryGetInt64(out var number) ? number : 0;

    private void Prepare(RunStart start)
    {
        // Checked again, now that nobody else can change it: another process may have begun a run meanwhile.
        Check(Path, start);
        AtomicFile.RemoveLeftovers(Path);
        if (start == RunStart.Overwrite) DeleteOurs();
        // None of them may be something that blocks when it is opened.
        var files = Entries(Path).Where(IsOurs).Select(n => System.IO.Path.Combine(Path, n)).Where(n => !Directory.Exists(n));
        foreach (var name in files) RegularFile.RequireUnlessMissing(name);
        FileSync.MakeFolder(Checkpoints);
    }

    private static void Check(string path, RunStart start)
    {
        if (File.Exists(path)) throw new RunFolderException($"The run folder {path} is a file. Name a folder with --run.");
        var holdsRun = File.Exists(System.IO.Path.Combine(path, ConfigurationName));
        var foreign = Entries(path).FirstOrDefault(e => !IsOurs(e));
        if (start == RunStart.Resume)
        {
            if (!Directory.Exists(path))
                throw new RunFolderException($"There is no run folder {path} to resume. Check the name given with --run, or leave "
                    + "--resume out to start a run there.");
            if (!holdsRun)
                throw new RunFolderException($"The folder {path} holds no run to resume (no {ConfigurationName}). Check the name given "
                    + "with --run, or leave --resume out to start a run in an empty folder.");
            return;
        }

        if (!holdsRun && foreign is null && !BeganTraining(path)) return;
        if (!holdsRun && foreign is not null)
        {
            throw new RunFolderException($"The folder {path} is not a run folder (it holds {foreign}, and no {ConfigurationName}). Nothing "
                + "in it was touched; name an empty or new folder with --run.");
        }

        if (start == RunStart.New)
        {
            throw new RunFolderException($"The run folder {path} already holds a run. Continue it with --resume, start again with "
                + "--overwrite (deletes it), or name another folder with --run.");
        }
    }

    // A start that failed before its first step (for example because of a misspelt folder of videos) leaves nothing but a log: the next one
    // may use the folder.
    private static bool BeganTraining(string path) =>
        File.Exists(System.IO.Path.Combine(path, RunFiles.Metrics))
        || (Directory.Exists(System.IO.Path.Combine(
            path, CheckpointsName)) && Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(path, CheckpointsName)).Any());

    private static IEnumerable<string> Entries(string path) => Directory.Exists(path)
        ? Directory.EnumerateFileSystemEntries(path).Select(e => System.IO.Path.GetFileName(e)).Where(n => n != LockName)
        : [];

    // train.log rolls over to train_001.log and so on.
    private static bool IsOurs(string name) =>
        name is ConfigurationName
            or CheckpointsName
            or RunFiles.Metrics
            or RunFiles.Quarantine
            or RunFiles.Evaluations
            or EvaluationsName
            or TensorBoardName
            or NodeFile.Name
        || name is VideosName or RunFacts.Name or RunFiles.Control or OutcomeFile.Name or OutcomeFile.Name + TemporaryEnding
        || name is RunFiles.Metrics + TemporaryEnding
            or RunFiles.Evaluations + TemporaryEnding
            or ConfigurationName + TemporaryEnding
            or NodeFile.Name + TemporaryEnding
        || name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal)
        || (name.StartsWith("train", StringComparison.Ordinal) && name.EndsWith(".log", StringComparison.Ordinal));

    // The settings are deleted last: until they are gone, a half-deleted folder is still recognised as a run's.
    private void DeleteOurs()
    {
        foreach (var name in Entries(Path).Where(IsOurs).OrderBy(n => n == ConfigurationName).ToList())
        {
            var entry = System.IO.Path.Combine(Path, name);
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else File.Delete(entry);
        }
    }

    private static FileStream Hold(string path)
    {
        var file = System.IO.Path.Combine(path, LockName);
        try
        {
            // No sharing means flock(2): the system itself releases the lock when the process ends, so no stale lock can block.
            var held = RegularFile.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            held.SetLength(0);
            held.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            held.Flush();
            return held;
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            throw new RunFolderException($"Another process is running in {path}. Wait until it ends, stop it, or name another folder with "
                + "--run.", e);
        }
    }

    // flock(2)'s EWOULDBLOCK becomes an IOException whose HResult is the errno (11 on Linux).
    private static bool IsSharingViolation(IOException e) => e.HResult is 11 or unchecked((int)0x80070020);
}
