using CACL.Data.Files;
using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Ending;

namespace CACL.Node.Evaluation;

/// <summary>Writes the files of an evaluation into its folder, or nothing if there is none. Each file appears atomically.</summary>
internal sealed class EvaluationFiles
{
    private readonly string? _folder;

    /// <summary>Creates the folder at once: that it cannot be written to should not become clear after an hour.</summary>
    /// <exception cref="UserException">The folder cannot be created.</exception>
    public EvaluationFiles(string? folder)
    {
        _folder = folder;
        if (folder is not null) Guarded(folder, () => Directory.CreateDirectory(folder));
    }

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
        Guarded(path, () => AtomicFile.WriteText(path, result.ToJson() + "\n"));
    }

    /// <summary>Returns the file of an image's sheet. A split's names may contain folders; the sheets lie side by side.</summary>
    public string Picture(string name) =>
        Path.Combine(
            _folder ?? throw new InvalidOperationException("Pictures need a folder."), "pictures", $"{name.Replace('/', '_')}.png");

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
