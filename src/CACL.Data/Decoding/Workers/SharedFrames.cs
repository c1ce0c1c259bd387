using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CACL.Data.Files;
using Microsoft.Win32.SafeHandles;

namespace CACL.Data.Decoding.Workers;

/// <summary>
/// Memory that this process and one worker share: a mark, then the frames of one pair or of several. It has no name in any file system, so
/// that nothing is left of it however the processes end; the worker opens it through this process's entry in /proc. Its size is sealed: a
/// worker that cut it short could otherwise end this process. This process reads it by calls, and maps nothing.
/// </summary>
internal sealed partial class SharedFrames : IDisposable
{
    private const uint CloseOnExec = 1, AllowSealing = 2; // MFD_CLOEXEC, MFD_ALLOW_SEALING
    private const int AddSeals = 1033; // F_ADD_SEALS
    private const int Seals = 1 | 2 | 4; // F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW

    /// <summary>Where the frames begin.</summary>
    private const int Begin = 64;

    private static readonly Lazy<string?> Lack = new(Try);

    private readonly SafeFileHandle _memory;

    /// <summary>Creates memory for frames of so many bytes together.</summary>
    /// <exception cref="IOException">The system gives none.</exception>
    public SharedFrames(int bytes)
    {
        Bytes = bytes;
        var descriptor = Create("cacl-frames", CloseOnExec | AllowSealing);
        if (descriptor < 0) throw Refused();
        _memory = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.SetLength(_memory, Length(bytes));
            RandomAccess.Write(_memory, Mark, 0);
            if (SetSeals(descriptor, AddSeals, Seals) < 0) throw Refused();
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    /// <summary>Why this machine has no such memory, as a sentence; null: it has.</summary>
    public static string? WhyNone => Lack.Value;

    /// <summary>How many bytes of frames it has room for.</summary>
    public int Bytes { get; }

    /// <summary>By which the worker knows that it opened this memory and no other.</summary>
    public byte[] Mark { get; } = RandomNumberGenerator.GetBytes(16);

    /// <summary>The name by which another process of this user opens it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_memory.DangerousGetHandle()}";

    /// <summary>Copies frames out of it: as many bytes as there is room for, from a place on.</summary>
    public void CopyTo(Span<byte> frames, int from = 0) => Read(frames, Begin + (long)from);

    public void Dispose() => _memory.Dispose();

    private static long Length(int bytes) => Begin + (long)bytes;

    private static IOException Refused() =>
        new($"The system gives no memory to share: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    private static string? Try()
    {
        try
        {
            using var memory = new SharedFrames(1);
            using var again = new Mapping(memory.Path, 1, memory.Mark);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or EntryPointNotFoundException)
        {
            return e.Message;
        }
    }

    private void Read(Span<byte> frames, long offset)
    {
        for (var done = 0; done < frames.Length;)
        {
            var count = RandomAccess.Read(_memory, frames[done..], offset + done);
            if (count == 0) throw new EndOfStreamException("The memory of frames is shorter than it was made.");
            done += count;
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Create(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSeals(int descriptor, int command, int seals);

    /// <summary>The same memory in the worker, which writes frames straight into it.</summary>
    public sealed unsafe class Mapping : IDisposable
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;
        private readonly int _bytes;
        private readonly byte* _start;

        /// <exception cref="IOException">It cannot be opened.</exception>
        /// <exception cref="InvalidDataException">It is not what was announced.</exception>
        public Mapping(string path, int bytes, ReadOnlySpan<byte> mark)
        {
            _bytes = bytes;
            var stream = RegularFile.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            if (stream.Length != Length(bytes))
            {
                stream.Dispose();
                throw new InvalidDataException($"{path} is not the memory that was announced");
            }

            _file = MemoryMappedFile.CreateFromFile(
                stream, null, stream.Length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, Length(bytes), MemoryMappedFileAccess.ReadWrite);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
            _start += _view.PointerOffset;
            if (mark.SequenceEqual(new ReadOnlySpan<byte>(_start, mark.Length))) return;
            Dispose();
            throw new InvalidDataException($"{path} is not the memory that was announced");
        }

        public Span<byte> Frames => new(_start + Begin, _bytes);

        public void Dispose()
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
