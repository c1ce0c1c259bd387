using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using CACL.Learning.Runtime;

namespace CACL.Learning.Ranks;

/// <summary>
/// The part of Open MPI's C interface that is used here (libmpi.so.40, which Open MPI 4 and 5 have). Its predefined handles are addresses
/// of exported variables. MPI.NET is no help on Linux: its package calls MS-MPI.
/// </summary>
internal static unsafe partial class Mpi
{
    /// <summary>The library.</summary>
    public const string Library = "libmpi.so.40";

    /// <summary>MPI_SUCCESS.</summary>
    public const int Success = 0;

    /// <summary>MPI_THREAD_SERIALIZED: any thread may call, one at a time.</summary>
    public const int Serialised = 2;

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>MPI_IN_PLACE.</summary>
    public static void* InPlace => (void*)1;

    /// <summary>MPI_COMM_WORLD.</summary>
    public static nint World => Export("ompi_mpi_comm_world");

    /// <summary>MPI_ERRORS_RETURN.</summary>
    public static nint ErrorsReturn => Export("ompi_mpi_errors_return");

    /// <summary>MPI_SUM.</summary>
    public static nint Sum => Export("ompi_mpi_op_sum");

    /// <summary>MPI_FLOAT.</summary>
    public static nint Float => Export("ompi_mpi_float");

    /// <summary>MPI_DOUBLE.</summary>
    public static nint Double => Export("ompi_mpi_double");

    /// <summary>MPI_BYTE.</summary>
    public static nint Byte => Export("ompi_mpi_byte");

    /// <summary>Loads the library.</summary>
    /// <exception cref="LostRankException">It is not there.</exception>
    public static void Require() => _ = Handle.Value;

    /// <summary>Throws if a call failed.</summary>
    /// <exception cref="LostRankException">It did.</exception>
    public static void Check(int result, string what)
    {
        if (result == Success) return;
        var text = stackalloc byte[512]; // MPI_MAX_ERROR_STRING is 256
        var length = 0;
        var words = ErrorString(result, text, &length) == Success
            ? Utf8StringMarshaller.ConvertToManaged(text)?.Trim().TrimEnd('.') ?? ""
            : $"error {result}";
        throw new LostRankException($"MPI could not carry {what} between the ranks: {words}.");
    }

    [LibraryImport(Library, EntryPoint = "MPI_Init_thread")]
    public static partial int Init(nint count, nint arguments, int required, out int provided);

    [LibraryImport(Library, EntryPoint = "MPI_Finalize")]
    public static partial int Leave();

    [LibraryImport(Library, EntryPoint = "MPI_Comm_set_errhandler")]
    public static partial int SetErrorHandler(nint communicator, nint handler);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_rank")]
    public static partial int Rank(nint communicator, out int rank);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_size")]
    public static partial int Size(nint communicator, out int size);

    [LibraryImport(Library, EntryPoint = "MPI_Iallreduce")]
    public static partial int AllReduce(void* send, void* receive, int count, nint type, nint operation, nint communicator, nint* request);

    [LibraryImport(Library, EntryPoint = "MPI_Iallgather")]
    public static partial int AllGather(
        void* send, int sendCount, nint sendType, void* receive, int receiveCount, nint receiveType, nint communicator, nint* request);

    [LibraryImport(Library, EntryPoint = "MPI_Ialltoallv")]
    public static partial int AllToAll(
        void* send, int* sendCounts, int* sendPlaces, nint sendType, void* receive, int* receiveCounts, int* receivePlaces,
        nint receiveType, nint communicator, nint* request);

    [LibraryImport(Library, EntryPoint = "MPI_Ibcast")]
    public static partial int Broadcast(void* bytes, int count, nint type, int root, nint communicator, nint* request);

    [LibraryImport(Library, EntryPoint = "MPI_Ibarrier")]
    public static partial int Barrier(nint communicator, nint* request);

    [LibraryImport(Library, EntryPoint = "MPI_Test")]
    public static partial int Test(nint* request, out int done, nint status);

    [LibraryImport(Library, EntryPoint = "MPI_Error_string")]
    private static partial int ErrorString(int error, byte* text, int* length);

    private static nint Export(string name) => NativeLibrary.GetExport(Handle.Value, name);

    private static nint Load()
    {
        // Its handlers of SIGSEGV and the like would take the place of .NET's, which makes exceptions of some of these signals.
        DynamicLoader.SetVariableIfUnset("OMPI_MCA_opal_signal", "");
        // Its plugins look for its symbols among all that are loaded.
        if (DynamicLoader.TryLoad(Library, forAll: true) is { } fault)
        {
            throw new LostRankException(
                $"Open MPI's library {Library} cannot be loaded, which several ranks need: {fault.TrimEnd('.')}. Install it: apt install "
                    + "openmpi-bin.");
        }

        return NativeLibrary.Load(Library);
    }
}
