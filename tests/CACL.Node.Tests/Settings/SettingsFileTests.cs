using CACL.Configuration.Hocon;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Settings;

public sealed class SettingsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_no_regular_file_is_refused_and_never_waited_for()
    {
        SpecialFiles.Pipe(_folder.File("pipe.conf"));
        File.WriteAllText(_folder.File("including.conf"), "include \"pipe.conf\"");
        Assert.Contains("is a folder, not a configuration file.", Fault(_folder.Path), StringComparison.Ordinal);
        Assert.Contains(
            "/dev/zero is a device, not a configuration file. Settings are read from files only", Fault("/dev/zero"),
            StringComparison.Ordinal);
        Assert.Contains("pipe.conf is a pipe, not a configuration file", Fault(_folder.File("pipe.conf")), StringComparison.Ordinal);
        Assert.Contains("pipe.conf is a pipe, not a configuration file", Fault(_folder.File("including.conf")), StringComparison.Ordinal);
    }

    private static string Fault(string path) =>
        Assert.Throws<HoconException>(() => ConfigurationFiles.Load([path], [], new Dictionary<string, string>())).Message;
}
