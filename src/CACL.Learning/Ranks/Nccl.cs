using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CACL.Learning.Ranks;

/// <summary>
/// The part of NCCL's C interface that is used here (libnccl.so.2, nccl.h). Calls return when the work is handed to the card's stream, and
/// may wait for other ranks before that, as the first ones do.
/// </summary>
internal static unsafe partial class Nccl
{
    /// <summary>The library.</summary>
    public const string Library = "libnccl.so.2";

    /// <summary>ncclSuccess.</summary>
    public const int Success = 0;

    /// <summary>ncclInProgress.</summary>
    public const int InProgress = 7;

    /// <summary>ncclUint8.</summary>
    public const int Byte = 1;

    /// <summary>ncclFloat32.</summary>
    public const int Float = 7;

    /// <summary>ncclFloat64.</summary>
    public const int Double = 8;

    /// <summary>ncclSum.</summary>
    public const int Sum = 0;

    /// <summary>Bytes of an <see cref="UniqueId"/>.</summary>
    public const int IdBytes = 128;

    /// <summary>The library's version, such as 2.27.5. Loads the library.</summary>
    /// <exception cref="NcclUnavailableException">It is not there.</exception>
    public static string Version()
    {
        NcclSearch.Here().Load();
        Check(GetVersion(out var code), "its version");
        // Two digits of the minor version since 2.9, one before.
        var factor = code >= 10_000 ? 10_000 : 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{code / factor}.{code % factor / 100}.{code % 100}");
    }

    /// <summary>Throws if a call failed.</summary>
    /// <exception cref="LostRankException">It did.</exception>
    public static void Check(int result, string what)
    {
        if (result == Success) return;
        throw new LostRankException(
            $"NCCL could not carry {what} between the ranks: {ErrorWords(result)}. With NCCL_DEBUG=INFO in the environment it says more.");
    }

    /// <summary>What NCCL calls a result.</summary>
    public static string ErrorWords(int result) => Marshal.PtrToStringUTF8(ErrorString(result))?.Trim().TrimEnd('.') ?? $"error {result}";

    [LibraryImport(Library, EntryPoint = "ncclGetUniqueId")]
    public static partial int GetUniqueId(out UniqueId id);

    [LibraryImport(Library, EntryPoint = "ncclCommInitRank")]
    public static partial int InitRank(out nint communicator, int ranks, UniqueId id, int rank);

    [LibraryImport(Library, EntryPoint = "ncclCommDestroy")]
    public static partial int Destroy(nint communicator);

    [LibraryImport(Library, EntryPoint = "ncclCommAbort")]
    public static partial int Abort(nint communicator);

    [LibraryImport(Library, EntryPoint = "ncclCommGetAsyncError")]
    public static partial int GetAsyncError(nint communicator, out int error);

    [LibraryImport(Library, EntryPoint = "ncclAllReduce")]
    public static partial int AllReduce(
        nint send, nint receive, nuint count, int type, int operation, nint communicator, nint stream);

    [LibraryImport(Library, EntryPoint = "ncclAllGather")]
    public static partial int AllGather(nint send, nint receive, nuint sendCount, int type, nint communicator, nint stream);

    [LibraryImport(Library, EntryPoint = "ncclSend")]
    public static partial int Send(nint send, nuint count, int type, int peer, nint communicator, nint stream);

    [LibraryImport(Library, EntryPoint = "ncclRecv")]
    public static partial int Receive(nint receive, nuint count, int type, int peer, nint communicator, nint stream);

    [LibraryImport(Library, EntryPoint = "ncclGroupStart")]
    public static partial int GroupStart();

    [LibraryImport(Library, EntryPoint = "ncclGroupEnd")]
    public static partial int GroupEnd();

    [LibraryImport(Library, EntryPoint = "ncclGetVersion")]
    private static partial int GetVersion(out int version);

    [LibraryImport(Library, EntryPoint = "ncclGetErrorString")]
    private static partial nint ErrorString(int result);

    /// <summary>ncclUniqueId, by which the ranks find each other; passed by value.</summary>
    [InlineArray(IdBytes)]
    internal struct UniqueId
    {
        private byte _first;
    }
}
