using System.Runtime.InteropServices;

namespace CACL.Testing;

/// <summary>Makes files that are not regular files, have two names, or are programs.</summary>
internal static partial class SpecialFiles
{
    /// <summary>Makes a named pipe: opening it blocks for ever.</summary>
    public static void Pipe(string path) => Assert.Equal(0, MakeFifo(path, 0x1b6));

    /// <summary>Gives a file a second name (a hard link).</summary>
    public static void SecondName(string file, string name) => Assert.Equal(0, Link(file, name));

    /// <summary>Writes an executable shell script.</summary>
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
