using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>
/// Exchanges tensors through the host's memory, by <see cref="ICollectives"/>: those of a processor as they lie, those of a card by a copy
/// to the host and back.
/// </summary>
/// <param name="ranks">The ranks, which stay the caller's.</param>
public sealed class HostTensors(ICollectives ranks) : ITensorCollectives
{
    private readonly Stopwatch _exchanging = new();

    /// <summary>A training of one process.</summary>
    public static HostTensors Alone { get; } = new(OneRank.Only);

    /// <inheritdoc/>
    public int Rank => ranks.Rank;

    /// <inheritdoc/>
    public int Size => ranks.Size;

    /// <inheritdoc/>
    public bool IsAlone => ranks.Size == 1;

    /// <inheritdoc/>
    public double? ExchangeSeconds => _exchanging.Elapsed.TotalSeconds;

    /// <inheritdoc/>
    public void AllReduce(Tensor x, string what)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        var here = x.cpu(); // of a processor, it is the tensor itself
        Exchange(() =>
        {
            if (x.dtype == float64) ranks.AllReduce(MemoryMarshal.Cast<byte, double>(here.bytes), what);
            else ranks.AllReduce(MemoryMarshal.Cast<byte, float>(here.bytes), what);
        });
        if (x.device_type != TorchSharp.DeviceType.CPU) x.copy_(here);
    }

    /// <inheritdoc/>
    public void AllGather(Tensor own, Tensor all, string what)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(all);
        Into(all, here => ranks.AllGather(own.cpu().bytes, here.bytes, what));
    }

    /// <inheritdoc/>
    public void AllToAll(Tensor send, IReadOnlyList<int> sendRows, Tensor receive, IReadOnlyList<int> receiveRows, string what)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(receive);
        var row = checked((int)send.RowBytes());
        int[] Bytes(IReadOnlyList<int> rows) => [.. rows.Select(count => checked(count * row))];
        Into(receive, here => ranks.AllToAll(send.cpu().bytes, Bytes(sendRows), here.bytes, Bytes(receiveRows), what));
    }

    /// <inheritdoc/>
    public void Finish(string what)
    {
        // A call on the host returns when the exchange is done.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The ranks are the caller's.
    }

    private void Into(Tensor result, Action<Tensor> receive)
    {
        using var scope = NewDisposeScope();
        if (result.device_type == TorchSharp.DeviceType.CPU)
        {
            Exchange(() => receive(result));
            return;
        }

        var here = empty(result.shape, result.dtype);
        Exchange(() => receive(here));
        result.copy_(here);
    }

    private void Exchange(Action exchange)
    {
        _exchanging.Start();
        try
        {
            exchange();
        }
        finally
        {
            _exchanging.Stop();
        }
    }
}
