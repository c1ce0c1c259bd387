using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace CACL.Fuzz.Tests.Running;

/// <summary>
/// The map of branches in which SharpFuzz's instrumented code counts. Without instrumentation nothing counts, and no input is ever new.
/// </summary>
internal static unsafe class Coverage
{
    private const int Size = 1 << 16;

    private static readonly byte* Map = (byte*)NativeMemory.AllocZeroed(Size);
    private static readonly byte[] Seen = new byte[Size];

    // Instrumented code writes to the map from its first call on, so it must be there before any.
#pragma warning disable CA2255 // A test program is an application: it slows nobody else's start-up.
    [ModuleInitializer]
    internal static void Begin() => Trace.SharedMem = Map;
#pragma warning restore CA2255

    /// <summary>Number of branches taken so far.</summary>
    public static int Branches => Seen.Count(bits => bits != 0);

    /// <summary>Forgets what is counted since the last look.</summary>
    public static void Clear()
    {
        new Span<byte>(Map, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>
    /// Returns whether a branch was taken since <see cref="Clear"/> that never was before, or in another order of magnitude.
    /// </summary>
    public static bool IsNew()
    {
        var isNew = false;
        var map = new ReadOnlySpan<byte>(Map, Size);
        for (var at = map.IndexOfAnyExcept((byte)0); at >= 0;)
        {
            var bit = (byte)(1 << Math.Min(7, (int)Math.Log2(map[at])));
            if ((Seen[at] & bit) == 0)
            {
                Seen[at] |= bit;
                isNew = true;
            }

            var next = map[(at + 1)..].IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return isNew;
    }
}
