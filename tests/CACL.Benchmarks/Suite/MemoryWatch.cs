using System.Globalization;
using CACL.Data.Files;

namespace CACL.Benchmarks.Suite;

/// <summary>
/// Follows the memory of a process and of those that it started. Of the process itself it takes the peak that the kernel keeps (VmHWM), of
/// the others their proportional share (Pss), in which memory that several share counts once: workers are forked and share what their
/// parent had. Both programs of a comparison are measured so.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    private readonly int _process;
    private readonly PeriodicTimer _timer;
    private readonly Task _looking;
    private double _own;
    private double _others;

    /// <summary>Starts to look, until disposed.</summary>
    public MemoryWatch(int process, TimeSpan between)
    {
        _process = process;
        _timer = new PeriodicTimer(between);
        _looking = Task.Run(LookAsync);
    }

    /// <summary>The peak so far, MiB.</summary>
    public double PeakMib => Volatile.Read(ref _own) + Volatile.Read(ref _others);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _looking.GetAwaiter().GetResult();
    }

    private async Task LookAsync()
    {
        do
        {
            Volatile.Write(ref _own, Math.Max(_own, Mib($"/proc/{_process}/status", "VmHWM:")));
            Volatile.Write(ref _others, Math.Max(_others, Below(_process).Sum(child => Mib($"/proc/{child}/smaps_rollup", "Pss:"))));
        }
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false));
    }

    private static List<int> Below(int process)
    {
        var parents = new List<(int Child, int Parent)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var child))
                parents.Add((child, (int)Number($"{folder}/status", "PPid:")));
        }

        var below = new List<int> { process };
        for (var i = 0; i < below.Count; i++) below.AddRange(parents.Where(pair => pair.Parent == below[i]).Select(pair => pair.Child));
        return below[1..];
    }

    private static double Mib(string file, string name) => Number(file, name) / 1024;

    // A process that has ended, or belongs to somebody else, counts as nothing.
    private static double Number(string file, string name)
    {
        try
        {
            var line = RegularFile.ReadLines(file).FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line[name.Length..].Replace("kB", ""), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
