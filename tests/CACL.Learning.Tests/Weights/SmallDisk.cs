using System.Diagnostics;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

/// <summary>A file system of a few kilobytes that a test can fill. A test that cannot have one is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="size">Size in the syntax of mount, such as 1m.</param>
    public SmallDisk(string size)
    {
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "none", _folder.Path)) return;
        _folder.Dispose();
        Assert.Skip("Mounting a small file system is not allowed here: it takes root, in a container --cap-add SYS_ADMIN.");
    }

    public string Path => _folder.Path;

    public string File(string name) => _folder.File(name);

    public void Dispose()
    {
        Run("umount", _folder.Path);
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit(TimeSpan.FromSeconds(10));
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
