using CACL.Data.Files;
using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Ending;

namespace CACL.Node.Evaluation;

/// <summary>Writes the files of an evaluation into its folder, or nothing if there is none. Each file appears atomically.</summary>
internal sealed class EvaluationFiles
{
    private readonly string? _folder;
    private readonly string? _beside;

    /// <summary>Creates the folder at once: that it cannot be written to should not become clear after an hour.</summary>
    /// <param name="folder">The folder; null: nothing is written.</param>
    /// <param name="beside">The folder of another evaluation, whose predictions the sheets show, too; null: none.</param>
    /// <exception cref="UserException">The folder cannot be created, or the other one has no predictions.</exception>
    public EvaluationFiles(string? folder, string? beside = null)
    {
        _folder = folder;
        _beside = beside;
        if (beside is not null && !Directory.Exists(Predictions(beside)))
            throw new UserException($"There are no predictions in {beside}: evaluate that network with --pictures N --out {beside} first.");
        if (folder is not null) Guarded(folder, () => FileSync.MakeFolder(folder));
    }

    /// <summary>What a sheet calls this evaluation where another stands beside it.</summary>
    public string Title => Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));

    /// <summary>What a sheet calls the evaluation beside it.</summary>
    public string TitleBeside => Path.GetFileName(Path.TrimEndingDirectorySeparator(_beside ?? ""));

    private string Folder => _folder ?? throw new InvalidOperationException("Pictures need a folder.");

    /// <summary>Writes <c>classifier.safetensors</c>.</summary>
    public void WriteClassifier(LinearClassifierFile classifier)
    {
        if (_folder is not null) classifier.Write(Path.Combine(_folder, "classifier.safetensors"));
    }

    /// <summary>Writes <c>counts.safetensors</c>.</summary>
    public void WriteCounts(ImageCountsFile counts)
    {
        if (_folder is not null) counts.Write(Path.Combine(_folder, ImageCountsFile.Name));
    }

    /// <summary>Writes <c>result.json</c>, the last of the files: if it is there, all are.</summary>
    public void WriteResult(EvaluationResult result)
    {
        if (_folder is null) return;
        var path = Path.Combine(_folder, "result.json");
        Guarded(path, () => AtomicFile.WriteText(path, result.ToJson() + "\n", durable: true));
    }

    /// <summary>Returns the file of an image's sheet. A split's names may contain folders; the sheets lie side by side.</summary>
    public string Picture(string name) => Path.Combine(Folder, "pictures", FileName(name));

    /// <summary>Returns the file of an image's prediction.</summary>
    public string Prediction(string name) => Path.Combine(Predictions(Folder), FileName(name));

    /// <summary>Returns the file of the other evaluation's prediction; null: there is no other.</summary>
    public string? PredictionBeside(string name) => _beside is null ? null : Path.Combine(Predictions(_beside), FileName(name));

    private static string Predictions(string folder) => Path.Combine(folder, "predictions");

    private static string FileName(string name) => $"{name.Replace('/', '_')}.png";

    private static void Guarded(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be written: {e.Message.TrimEnd('.')}. Name another folder with --out.", e);
        }
    }
}
