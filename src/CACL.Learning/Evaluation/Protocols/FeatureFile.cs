using CACL.Data.Files;
using CACL.Data.Wording;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Tensors in one file without a name: the file is unlinked as soon as it is open, so its space is freed when the process ends, however it
/// ends. The index is kept in memory.
/// </summary>
internal sealed class FeatureFile : IDisposable
{
    private const int DiskFull = 28; // ENOSPC
    private const int QuotaFull = 122; // EDQUOT

    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private readonly long _most;
    private long _end;

    /// <summary>Creates a file in this folder.</summary>
    /// <exception cref="EvaluationException">No file can be created there.</exception>
    public FeatureFile(string folder, long most)
    {
        _most = most;
        Folder = folder.Length > 0 ? folder : Path.GetTempPath();
        try
        {
            Directory.CreateDirectory(Folder);
            var path = Path.Combine(Folder, $"cacl-features-{Guid.NewGuid():N}");
            _file = RegularFile.Open(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
            _handle = _file.SafeFileHandle;
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"No file for features can be made in {Folder} ({e.Message.TrimEnd('.')}). Set "
                + $"{SettingNames.FeaturesFolder} to a folder with room, or {SettingNames.FeaturesPlace} to memory.", e);
        }
    }

    public string Folder { get; }

    /// <summary>
    /// Appends a contiguous host tensor. Returns false, and keeps nothing of it, if the limit or the disk does not allow it.
    /// </summary>
    /// <exception cref="EvaluationException">The disk fails in another way.</exception>
    public bool TryAppend(Tensor values, out long offset)
    {
        offset = _end;
        var bytes = values.bytes;
        if (_end + bytes.Length > _most) return false;
        try
        {
            RandomAccess.Write(_handle, bytes, _end);
        }
        catch (IOException e) when (e.HResult is DiskFull or QuotaFull)
        {
            return false;
        }
        catch (IOException e)
        {
            throw new EvaluationException($"Features cannot be written to {Folder} ({e.Message.TrimEnd('.')}). Set "
                + $"{SettingNames.FeaturesFolder} to another folder.", e);
        }

        _end += bytes.Length;
        return true;
    }

    /// <summary>Fills a contiguous host tensor.</summary>
    /// <exception cref="EvaluationException">The disk fails.</exception>
    public void Read(long offset, Tensor values)
    {
        var bytes = values.bytes;
        try
        {
            while (bytes.Length > 0)
            {
                var read = RandomAccess.Read(_handle, bytes, offset);
                if (read == 0) throw new IOException("the file ends too early");
                bytes = bytes[read..];
                offset += read;
            }
        }
        catch (IOException e)
        {
            throw new EvaluationException($"Features cannot be read back from {Folder} ({e.Message.TrimEnd('.')}). Set "
                + $"{SettingNames.FeaturesFolder} to another folder.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
