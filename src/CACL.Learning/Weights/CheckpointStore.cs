using System.Reflection;
using CACL.Data.Files;

namespace CACL.Learning.Weights;

/// <summary>
/// The folder <c>checkpoints/</c> of a run: a folder <c>step-00000100/</c> for each checkpoint, and <c>latest</c>, a symbolic link to the
/// newest. A checkpoint appears complete or not at all: it is written under a hidden name, flushed to the disk and renamed; only then is
/// <c>latest</c> replaced atomically, and only then are old checkpoints removed. Whatever kills the process, the checkpoint that
/// <c>latest</c> names is complete. There is one writer at a time; it is up to the caller that two runs never share a folder.
/// </summary>
public sealed class CheckpointStore
{
    private readonly int _keep;
    private readonly TimeProvider _time;

    /// <param name="folder">The folder of checkpoints; created by the first save.</param>
    /// <param name="keep">Number of newest checkpoints to keep.</param>
    /// <param name="time">Clock for <see cref="CheckpointState.Written"/>; null: the system's.</param>
    public CheckpointStore(string folder, int keep, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        Folder = Path.GetFullPath(folder);
        _keep = keep;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The folder of checkpoints, absolute.</summary>
    public string Folder { get; }

    /// <summary>
    /// Called when a checkpoint's files are on the disk and it is about to appear: flushes what must not be older than the newest
    /// checkpoint.
    /// </summary>
    public Action? Publishing { get; init; }

    /// <summary>
    /// Writes a checkpoint, points <c>latest</c> to it and removes those beyond <c>keep</c>. Blocks for as long as the disk takes.
    /// </summary>
    /// <param name="state">Where the run stands; counters, versions and time are filled in here.</param>
    /// <param name="snapshot">Every tensor; it must not change meanwhile.</param>
    /// <param name="cancel">Cancels between two files, leaving nothing behind.</param>
    /// <returns>The folder of the complete checkpoint.</returns>
    /// <exception cref="CheckpointException">The checkpoint could not be written (transient); earlier checkpoints and <c>latest</c> are
    /// untouched.</exception>
    public string Save(CheckpointState state, TrainingSnapshot snapshot, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(snapshot);
        var target = Path.Combine(Folder, CheckpointFiles.FolderOf(state.Step));
        try
        {
            FileSync.MakeFolder(Folder);
            RemoveLeftovers();
            var temporary = TemporaryName(CheckpointFiles.FolderOf(state.Step));
            CheckpointWriter.Write(temporary, Completed(state, snapshot), snapshot, cancel);
            Publishing?.Invoke();
            Publish(temporary, target);
            PointLatestTo(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryRemoveLeftovers();
            throw CannotWrite(target, snapshot, e);
        }
        catch (OperationCanceledException)
        {
            TryRemoveLeftovers();
            throw;
        }

        RemoveOld(state.Step, target);
        return target;
    }

    /// <summary>Reads a checkpoint folder, or the link <c>latest</c>, and verifies every byte against its manifest.</summary>
    /// <exception cref="CheckpointException">The checkpoint is missing, incomplete, damaged or foreign; the message names the file and
    /// other checkpoints.</exception>
    public static Checkpoint Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return CheckpointReader.Read(path);
    }

    /// <summary>Reads where the run stood at a checkpoint, without its tensors; only state.json is verified.</summary>
    /// <exception cref="CheckpointException">The checkpoint is missing, incomplete, damaged or foreign; the message names the file and
    /// other checkpoints.</exception>
    public static CheckpointState LoadState(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return CheckpointReader.State(path).State;
    }

    /// <summary>Returns the folder of the checkpoint after so many steps, whether it exists or not.</summary>
    public string PathOf(long step) => Path.Combine(Folder, CheckpointFiles.FolderOf(step));

    /// <summary>Returns the checkpoint that <c>latest</c> names, or, where that is damaged or missing, the newest intact one.</summary>
    public LatestCheckpoint LoadLatest()
    {
        var latest = LatestLink.In(Folder);
        var warnings = new List<string>();
        if (latest.Fault is { } fault) warnings.Add(fault);
        foreach (var path in Steps.Select(PathOf).Where(path => path != latest.Path).Prepend(latest.Path).OfType<string>())
        {
            try
            {
                return new LatestCheckpoint(Load(path), warnings);
            }
            catch (CheckpointException e)
            {
                warnings.Add(e.Message);
            }
        }

        return new LatestCheckpoint(null, warnings);
    }

    /// <summary>Steps of the existing checkpoints, newest first. Not verified.</summary>
    public IReadOnlyList<long> Steps => Directory.Exists(Folder) ? StepsIn(Folder) : [];

    internal static List<long> StepsIn(string folder)
    {
        var steps = new List<long>();
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (CheckpointFiles.TryStep(Path.GetFileName(path), out var step)) steps.Add(step);
        }

        steps.Sort((a, b) => b.CompareTo(a));
        return steps;
    }

    /// <summary>Returns the name of the folder to which <c>latest</c> leads, whether it exists or not; null without such a link.</summary>
    private string? LatestName()
    {
        var target = new FileInfo(Path.Combine(Folder, CheckpointFiles.Latest)).LinkTarget;
        return target is not null && CheckpointFiles.TryStep(target, out _) ? target : null;
    }

    private CheckpointState Completed(CheckpointState state, TrainingSnapshot snapshot) => state with
    {
        Counters = snapshot.Counters,
        Written = _time.GetUtcNow(),
        Versions = new Dictionary<string, string>
        {
            ["cacl"] = Version(typeof(CheckpointStore).Assembly),
            ["torchsharp"] = Version(typeof(TorchSharp.torch).Assembly),
            ["dotnet"] = Environment.Version.ToString(),
        },
    };

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly.GetName().Version?.ToString()
            ?? "?";

    private void Publish(string temporary, string target)
    {
        // A run that was resumed from an earlier checkpoint reaches its former steps again: the new checkpoint atomically takes the old
        // one's place.
        if (Directory.Exists(target) && FileSync.TryExchange(temporary, target))
        {
            FileSync.Folder(Folder);
            return;
        }

        if (Directory.Exists(target)) FileSync.Rename(target, TemporaryName("former"));
        FileSync.Rename(temporary, target);
        FileSync.Folder(Folder);
    }

    private void PointLatestTo(string target)
    {
        var latest = Path.Combine(Folder, CheckpointFiles.Latest);
        if (new DirectoryInfo(latest) is { Exists: true, LinkTarget: null })
            throw new IOException($"{latest} is a folder where a symbolic link belongs; rename or remove it");
        // The only atomic replacement of a link is a rename over it.
        var link = TemporaryName(CheckpointFiles.Latest);
        File.CreateSymbolicLink(link, Path.GetFileName(target));
        FileSync.Rename(link, latest);
        FileSync.Folder(Folder);
    }

    /// <remarks>
    /// Checkpoints of later steps belong to a part of the run that was given up: the run will replace them when it gets there.
    /// </remarks>
    private void RemoveOld(long saved, string target)
    {
        try
        {
            var latest = LatestName();
            foreach (var step in Steps.Where(step => step <= saved).Skip(_keep))
            {
                var name = CheckpointFiles.FolderOf(step);
                if (name == latest) continue;
                // Hidden first: a half-removed folder must not look like a checkpoint.
                FileSync.Rename(Path.Combine(Folder, name), TemporaryName(name));
            }

            RemoveLeftovers();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                target,
                $"{target} was written, but older checkpoints could not be removed ({e.Message.TrimEnd('.')}). "
                + $"Make sure that {Folder} can be written to, or the disk will fill.",
                isTransient: true,
                e);
        }
    }

    private string TemporaryName(string what) => Path.Combine(Folder, $"{CheckpointFiles.TemporaryPrefix}{what}-{Guid.NewGuid():N}");

    private void RemoveLeftovers()
    {
        foreach (var path in Directory.GetFileSystemEntries(Folder, CheckpointFiles.TemporaryPrefix + "*"))
        {
            if (new DirectoryInfo(path) is { Exists: true, LinkTarget: null }) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
    }

    private void TryRemoveLeftovers()
    {
        try
        {
            if (Directory.Exists(Folder)) RemoveLeftovers();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to report; the next save tries again.
        }
    }

    private CheckpointException CannotWrite(string target, TrainingSnapshot snapshot, Exception e)
    {
        var megabytes = Math.Ceiling(snapshot.Tensors.Sum(t => t.Values.LongLength) * 4 / 1e6);
        // Unix error numbers: ENOSPC, EDQUOT.
        var remedy = e.HResult is 28 or 122
            ? $"Free space on the disk of {Folder}: a checkpoint takes {megabytes} MB."
            : $"Make sure that {Folder} can be written to.";
        return new CheckpointException(
            target,
            $"The checkpoint {target} could not be written ({e.Message.TrimEnd('.')}). Earlier checkpoints are untouched. {remedy}",
            isTransient: true,
            e);
    }
}
