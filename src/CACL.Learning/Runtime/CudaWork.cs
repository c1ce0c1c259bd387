namespace CACL.Learning.Runtime;

/// <summary>
/// The work on a CUDA card's default stream, on which libtorch computes unless told otherwise. Used by one thread.
/// </summary>
/// <param name="index">The card's number, as libtorch counts.</param>
internal sealed class CudaWork(int index) : ICardWork
{
    private CudaEvent? _mark;

    /// <inheritdoc/>
    public string Card { get; } = CudaCard.Identity(index);

    /// <inheritdoc/>
    public nint Stream => 0;

    /// <inheritdoc/>
    public void Enter() => CudaCard.Enter(index);

    /// <inheritdoc/>
    public void Wait()
    {
        _mark ??= new CudaEvent();
        _mark.Record();
        _mark.Wait();
    }

    /// <inheritdoc/>
    public void Dispose() => _mark?.Dispose();
}
