using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Host memory through which batches go to the device. A card reads page-locked memory by itself, while the host goes on: two buffers take
/// turns, and whoever fills one has read the numbers of the step before the last, so that its copy is long done.
/// </summary>
internal sealed class UploadMemory(Device device) : IDisposable
{
    private readonly Tensor?[] _buffers = new Tensor?[device.type == DeviceType.CUDA ? 2 : 1];
    private int _turn;

    /// <summary>Returns a buffer of so many bytes, which stays this object's.</summary>
    public Tensor Next(int size)
    {
        _turn = (_turn + 1) % _buffers.Length;
        if (_buffers[_turn] is not { } buffer || buffer.shape[0] < size) _buffers[_turn] = buffer = Fresh(_turn, size);
        return buffer.narrow(0, 0, size);
    }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer?.Dispose();
    }

    private Tensor Fresh(int turn, int size)
    {
        _buffers[turn]?.Dispose();
        // The numbers' count varies a little from batch to batch.
        var fresh = empty(size + (size / 8), uint8).DetachFromDisposeScope();
        if (device.type != DeviceType.CUDA) return fresh;
        var pinned = fresh.pin_memory().DetachFromDisposeScope();
        fresh.Dispose();
        return pinned;
    }
}
