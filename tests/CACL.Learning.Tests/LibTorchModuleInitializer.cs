using System.Runtime.CompilerServices;
using CACL.Learning.Runtime;

namespace CACL.Learning.Tests;

internal static class LibTorchModuleInitializer
{
    // This runs before any test touches a TorchSharp type, in whatever order tests run.
#pragma warning disable CA2255 // A test program is an application: it slows nobody else's start-up.
    [ModuleInitializer]
    internal static void Load()
    {
        LibTorchLoader.Load();
        // Two tests run beside each other: were each to compute on every core, their threads would wait for each other.
        TorchThreads.Use(1);
    }
#pragma warning restore CA2255
}
