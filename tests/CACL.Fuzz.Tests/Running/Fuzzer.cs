using CACL.Fuzz.Tests.Targets;

namespace CACL.Fuzz.Tests.Running;

/// <summary>An input that the program did not refuse as it promises.</summary>
internal sealed record Finding(byte[] Input, string What);

/// <summary>Sends inputs to a target and keeps those that take new branches, to make further ones of them.</summary>
internal sealed class Fuzzer(IFuzzTarget target, IEnumerable<byte[]> corpus, int seed)
{
    // Far above what any input takes, and far below what would endanger a machine.
    private const long MostAllocated = 512L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly List<byte[]> _kept = [.. corpus];
    private readonly Random _random = new(seed);
    private readonly HashSet<string> _known = [];

    /// <summary>Number of inputs so far.</summary>
    public long Inputs { get; private set; }

    /// <summary>Number of those that were accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>Number of inputs that others are made of.</summary>
    public int Kept => _kept.Count;

    /// <summary>What was found, one of each kind.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Sends every input that is known.</summary>
    public void Replay()
    {
        foreach (var input in _kept.ToArray()) Send(input);
    }

    /// <summary>Sends new inputs while this holds.</summary>
    public void Run(Func<Fuzzer, bool> goOn)
    {
        var mutator = new Mutator(_random, target.Words);
        while (goOn(this))
        {
            var input = mutator.Mutate(Pick(), Pick());
            if (_random.Next(4) != 0) input = target.Mend(input);
            if (Send(input)) _kept.Add(input);
        }
    }

    private byte[] Pick() => _random.Next(3) == 0 ? _kept[^Math.Min(_kept.Count, _random.Next(1, 50))] : _kept[_random.Next(_kept.Count)];

    // Returns whether the input takes new branches.
    private bool Send(byte[] input)
    {
        Inputs++;
        Coverage.Clear();
        // The processor's time: on a busy machine, a clock would find inputs that only had to wait.
        var (began, allocated) = (Environment.CpuUsage.TotalTime, GC.GetAllocatedBytesForCurrentThread());
        try
        {
            if (target.Read(input)) Accepted++;
        }
        catch (Exception e)
        {
            Note(input, $"{e.GetType().Name} at {PlaceOf(e)}", e.ToString());
        }

        var isNew = Coverage.IsNew();
        var (time, memory) = (Environment.CpuUsage.TotalTime - began, GC.GetAllocatedBytesForCurrentThread() - allocated);
        if (time > Longest) Note(input, "time", $"It took {time.TotalSeconds:0.0} s.");
        if (memory > MostAllocated) Note(input, "memory", $"It allocated {memory >> 20} MiB.");
        return isNew;
    }

    private void Note(byte[] input, string kind, string what)
    {
        if (_known.Add(kind)) Findings.Add(new Finding(input, what));
    }

    private static string PlaceOf(Exception e) =>
        e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("CACL.", StringComparison.Ordinal))?.Trim() ?? "";
}
