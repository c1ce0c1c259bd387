using System.Runtime.InteropServices;

namespace CACL.Testing;

/// <summary>Files that are none, and files that are more.</summary>
internal static partial class SpecialFiles
{
    /// <summary>Makes a named pipe, which whoever opens it waits at for ever.</summary>
    public static void Pipe(string path) => Assert.Equal(0, MakeFifo(path, 0x1b6));

    /// <summary>Gives a file a second name (a hard link).</summary>
    public static void SecondName(string file, string name) => Assert.Equal(0, Link(file, name));

    /// <summary>Writes a shell script that can be started like a program.</summary>
    public static void Script(string path, string text)
    {
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        Assert.Equal(0, ChangeMode(path, 0x1ed));
    }

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
