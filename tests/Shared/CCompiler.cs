using System.Diagnostics;

namespace CACL.Testing;

/// <summary>The machine's C compiler, for what a test can only have from a library of its own.</summary>
internal static class CCompiler
{
    private const string Path = "/usr/bin/cc";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>Compiles a shared library; returns why that cannot be done, or null.</summary>
    /// <param name="what">What it is, for that sentence.</param>
    /// <param name="source">The source file.</param>
    /// <param name="library">The library to write.</param>
    /// <param name="options">What the compiler is told besides.</param>
    public static string? TryCompile(string what, string source, string library, params string[] options)
    {
        if (!File.Exists(Path)) return $"There is no {Path}, which compiles {what} (Debian, Ubuntu: apt-get install gcc).";
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(library)!);
        using var process = Process.Start(new ProcessStartInfo(Path, ["-O1", "-shared", "-fPIC", .. options, "-o", library, source])
        {
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(Deadline), "The C compiler did not end.");
        Assert.True(process.ExitCode == 0, error.Result);
        return null;
    }
}
