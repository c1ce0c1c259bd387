using System.Runtime.InteropServices;

namespace CACL.Learning.Runtime;

/// <summary>
/// The cards of this machine, as the driver knows them. libtorch makes a card a thread's own for the length of each operation only; whoever
/// calls the driver or NCCL has to do it before.
/// </summary>
internal static unsafe partial class CudaCard
{
    private const string Driver = "libcuda.so.1";
    private const int IdentityBytes = 16;

    /// <summary>Makes a card the calling thread's own, in the context that libtorch uses, too.</summary>
    /// <param name="index">The card's number, as libtorch counts.</param>
    public static void Enter(int index)
    {
        Check(Initialise(0), "start");
        Check(Get(out var card, index), "find the card");
        Check(RetainPrimary(out var context, card), "open the card");
        Check(SetCurrent(context), "open the card");
    }

    /// <summary>Returns a text that names one card, or part of a card, among all of all machines.</summary>
    /// <param name="index">The card's number, as libtorch counts.</param>
    public static string Identity(int index)
    {
        Check(Initialise(0), "start");
        Check(Get(out var card, index), "find the card");
        var bytes = stackalloc byte[IdentityBytes];
        Check(GetIdentity(bytes, card), "name the card");
        return Convert.ToHexStringLower(new ReadOnlySpan<byte>(bytes, IdentityBytes));
    }

    private static void Check(int result, string what)
    {
        if (result != 0) throw new InvalidOperationException($"The card's driver could not {what}: error {result} of CUDA.");
    }

    [LibraryImport(Driver, EntryPoint = "cuInit")]
    private static partial int Initialise(uint flags);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGet")]
    private static partial int Get(out int card, int index);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGetUuid_v2")]
    private static partial int GetIdentity(byte* bytes, int card);

    [LibraryImport(Driver, EntryPoint = "cuDevicePrimaryCtxRetain")]
    private static partial int RetainPrimary(out nint context, int card);

    [LibraryImport(Driver, EntryPoint = "cuCtxSetCurrent")]
    private static partial int SetCurrent(nint context);
}
