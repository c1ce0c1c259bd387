using System.Diagnostics;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Two network namespaces with a cable between them, which can be pulled out, or with a bad one.</summary>
internal sealed class TwoMachines : IDisposable
{
    private readonly string _name = $"cacl{Environment.ProcessId}";
    private BadCable? _bad;

    private TwoMachines()
    {
    }

    public const string Trainer = "198.18.53.1";

    public string[] OnTrainer => ["ip", "netns", "exec", $"{_name}a"];

    public string[] OnWorker => ["ip", "netns", "exec", $"{_name}b"];

    /// <summary>Makes two machines with a good cable between them; skips the test where that is not possible.</summary>
    public static TwoMachines Make()
    {
        var machines = Start();
        MustRun("link", "add", "cable", "netns", $"{machines._name}a", "type", "veth", "peer", "name", "cable", "netns", $"{machines._name}b");
        machines.Connect();
        return machines;
    }

    /// <summary>Makes two machines with a cable between them that loses, delays and doubles what it carries.</summary>
    public static TwoMachines MakeFarApart()
    {
        var machines = Start();
        foreach (var side in new[] { "a", "b" })
        {
            var end = machines._name + side;
            MustRun("link", "add", end, "type", "veth", "peer", "name", "cable", "netns", end);
            MustRun("link", "set", end, "up");
        }

        machines.Connect();
        machines._bad = new BadCable($"{machines._name}a", $"{machines._name}b");
        return machines;
    }

    /// <summary>How many packets the bad cable carried, lost and doubled.</summary>
    public (long Carried, long Lost, long Doubled) Packets => _bad!.Packets;

    public void Cut() => MustRun("-n", $"{_name}a", "link", "set", "cable", "down");

    public void Mend() => MustRun("-n", $"{_name}a", "link", "set", "cable", "up");

    public void Dispose()
    {
        Run("netns", "delete", $"{_name}a"); // and the ends of the cables with them
        Run("netns", "delete", $"{_name}b");
        _bad?.Dispose();
    }

    private static TwoMachines Start()
    {
        var machines = new TwoMachines();
        var made = Environment.IsPrivilegedProcess && File.Exists("/usr/sbin/ip") && Run("netns", "add", $"{machines._name}a");
        Assert.SkipUnless(made, "Network namespaces need root, the program ip and a kernel that has them.");
        MustRun("netns", "add", $"{machines._name}b");
        return machines;
    }

    private void Connect()
    {
        foreach (var (side, address) in new[] { ("a", Trainer), ("b", "198.18.53.2") })
        {
            MustRun("-n", _name + side, "address", "add", $"{address}/24", "dev", "cable");
            MustRun("-n", _name + side, "link", "set", "cable", "up");
            MustRun("-n", _name + side, "link", "set", "lo", "up");
        }
    }

    private static void MustRun(params string[] arguments) => Assert.True(Run(arguments), $"ip {string.Join(' ', arguments)} failed.");

    private static bool Run(params string[] arguments)
    {
        using var ip = Process.Start("ip", arguments);
        return ip.WaitForExit(TimeSpan.FromSeconds(20)) && ip.ExitCode == 0;
    }
}
