namespace CACL.Learning.Weights.Import;

/// <summary>
/// Limits far above any file of weights (a MoCo checkpoint with its optimiser takes ten thousand opcodes and 100 kB). They make a hostile
/// or damaged pickle an error message instead of a memory exhaustion.
/// </summary>
internal static class PickleLimits
{
    /// <summary>Bytes of one pickle.</summary>
    public const int Bytes = 64 << 20;

    /// <summary>Opcodes of one pickle. Each creates at most one object, so this bounds the stack, the memo and everything built.</summary>
    public const int Opcodes = 1_000_000;

    /// <summary>Bytes of one string, byte string or whole number.</summary>
    public const int Text = 1 << 20;

    /// <summary>Characters of a global's module and of its name.</summary>
    public const int GlobalName = 256;

    /// <summary>Dimensions of a tensor.</summary>
    public const int Dimensions = 16;

    /// <summary>Nesting depth of dictionaries and lists in which tensors are looked for.</summary>
    public const int Depth = 12;

    /// <summary>Characters of a key on the way to a tensor.</summary>
    public const int Key = 512;

    /// <summary>Characters of a tensor's name, the keys on the way to it included.</summary>
    public const int Name = 1024;

    /// <summary>Tensors of one file.</summary>
    public const int Tensors = 20_000;

    /// <summary>
    /// Bytes of a zip archive's directory, several times those of a directory with <see cref="Tensors"/> storages. Each of its entries
    /// takes half a kilobyte of memory before anything can be known of it.
    /// </summary>
    public const int Directory = 8 << 20;

    /// <summary>
    /// Bytes that are unpacked from the compressed entries of one archive. torch.save compresses nothing; of weights that were compressed
    /// afterwards, those of a ResNet-50 with its optimiser and momentum network take a fifth of this.
    /// </summary>
    public const long Unpacked = 2L << 30;
}
