namespace CACL.Learning.Weights;

/// <summary>The checkpoint that the link <c>latest</c> names in a folder of checkpoints, or, if the link is lost, the newest one.</summary>
/// <param name="Path">The checkpoint's folder, absolute, not verified; null if there is none.</param>
/// <param name="Fault">Sentences that say what is wrong with the link and what is taken instead; null where nothing is.</param>
public sealed record LatestLink(string? Path, string? Fault)
{
    /// <summary>
    /// Looks at a folder of checkpoints without reading any of them. A folder with neither checkpoints nor a link belongs to a run that has
    /// just begun.
    /// </summary>
    public static LatestLink In(string checkpoints)
    {
        checkpoints = System.IO.Path.GetFullPath(checkpoints);
        var link = System.IO.Path.Combine(checkpoints, CheckpointFiles.Latest);
        var target = new FileInfo(link).LinkTarget;
        if (target is not null && CheckpointFiles.TryStep(target, out _) && Directory.Exists(System.IO.Path.Combine(checkpoints, target)))
            return new LatestLink(System.IO.Path.Combine(checkpoints, target), null);

        var steps = Directory.Exists(checkpoints) ? CheckpointStore.StepsIn(checkpoints) : [];
        var newest = steps.Select(CheckpointFiles.FolderOf).FirstOrDefault();
        var isThere = target is not null || Directory.Exists(link) || File.Exists(link);
        if (newest is null && !isThere) return new LatestLink(null, null);
        var what = target is not null && CheckpointFiles.TryStep(target, out _) ? $"{link} leads to {target}, which is not there."
            : target is not null ? $"{link} leads to {target}, which is not a checkpoint in the same folder."
            : isThere ? $"{link} is a {(File.Exists(link) ? "file" : "folder")} where a link to a checkpoint belongs."
            : $"The link {link}, which names the checkpoint to go on from, is missing.";
        if (newest is null) return new LatestLink(null, what);
        what += $" The newest checkpoint there, {newest}, is taken instead.";
        return new LatestLink(System.IO.Path.Combine(checkpoints, newest), what);
    }
}
