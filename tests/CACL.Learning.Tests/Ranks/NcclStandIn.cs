using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Testing;

namespace CACL.Learning.Tests.Ranks;

/// <summary>Compiles and loads what stands in for NCCL (nccl_stand_in.c), and calls what it has beside NCCL's functions.</summary>
internal static partial class NcclStandIn
{
    private static readonly Lazy<string?> Lack = new(() =>
    {
        using var folder = new TemporaryFolder();
        var library = folder.File(Nccl.Library);
        return Compile(library, Nccl.Library) ?? DynamicLoader.TryLoad(library);
    });

    /// <summary>Has NCCL's calls from now on be the stand-in's; skips the test where there is no C compiler.</summary>
    public static void Require() => Assert.SkipWhen(Lack.Value is not null, Lack.Value ?? "");

    /// <summary>Compiles it; returns why that cannot be done, or null.</summary>
    /// <param name="file">The library to write.</param>
    /// <param name="name">What the loader is to call it.</param>
    public static string? Compile(string file, string name) =>
        CCompiler.TryCompile("NCCL's stand-in", Source(), file, "-pthread", $"-Wl,-soname,{name}");

    /// <summary>Makes a card the calling thread's.</summary>
    [LibraryImport(Nccl.Library, EntryPoint = "stand_in_enter")]
    public static partial void Enter(int card);

    /// <summary>Waits until all work on a stream is done.</summary>
    [LibraryImport(Nccl.Library, EntryPoint = "stand_in_wait")]
    public static partial void Wait(nint stream);

    /// <summary>Has one of the calling thread's calls fail; 1 is the next.</summary>
    [LibraryImport(Nccl.Library, EntryPoint = "stand_in_fail")]
    public static partial void Fail(int calls);

    /// <summary>Has the calling thread's calls return before the work is done, as a card's do.</summary>
    [LibraryImport(Nccl.Library, EntryPoint = "stand_in_return_at_once")]
    public static partial void ReturnAtOnce(int on);

    /// <summary>Has the calling thread see another version.</summary>
    [LibraryImport(Nccl.Library, EntryPoint = "stand_in_version")]
    public static partial void Version(int code);

    /// <summary>Has an error be told of what is on a stream.</summary>
    [LibraryImport(Nccl.Library, EntryPoint = "stand_in_error")]
    public static partial void Error(nint stream, int error);

    /// <summary>How many communicators were aborted.</summary>
    [LibraryImport(Nccl.Library, EntryPoint = "stand_in_aborts")]
    public static partial int Aborts();

    private static string Source([CallerFilePath] string file = "") => Path.ChangeExtension(file, null).Replace(
        nameof(NcclStandIn), "nccl_stand_in.c", StringComparison.Ordinal);
}

/// <summary>A card that is none: its work is the stand-in's.</summary>
internal sealed class StandInCard(string card) : ICardWork
{
    private static int _streams;

    public string Card => card;

    public nint Stream { get; } = Interlocked.Increment(ref _streams);

    /// <summary>Which of NCCL's calls by its thread fails, counted from 1, of which the first is that of meeting; 0: none.</summary>
    public int FailingCall { get; init; }

    /// <summary>Whether calls return before the work is done. What they give must not be touched then before the end.</summary>
    public bool ReturnsAtOnce { get; init; }

    public void Enter()
    {
        NcclStandIn.Enter(0);
        NcclStandIn.Fail(FailingCall);
        NcclStandIn.ReturnAtOnce(ReturnsAtOnce ? 1 : 0);
    }

    public void Wait() => NcclStandIn.Wait(Stream);

    public void Dispose()
    {
    }
}
