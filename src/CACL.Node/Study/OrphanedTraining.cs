using System.Diagnostics;
using System.Globalization;
using CACL.Data.Files;
using CACL.Data.Processes;
using CACL.Node.Ending;

namespace CACL.Node.Study;

/// <summary>
/// An orphaned training, which an earlier, killed study left running. It is asked to save and exit, then the study continues with it.
/// </summary>
internal static class OrphanedTraining
{
    private static readonly TimeSpan Saving = TimeSpan.FromMinutes(3);

    /// <summary>Ends it, and returns when nobody works in the run folder any more.</summary>
    /// <exception cref="UserException">It does not exit.</exception>
    public static void End(string run, Action<string> say, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        var asked = false;
        while (Holder(Path.Combine(run, ".lock")) is { } process)
        {
            if (!asked) say($"Process {process} of an earlier study still trains in {run}: it is asked to save and end.");
            if (!asked && !ChildProcess.RequestExit(process))
            {
                throw new UserException(
                    $"Process {process} works in {run} and cannot be asked to end. End it, then give the same command again.");
            }

            asked = true;
            if (Stopwatch.GetElapsedTime(began) > Saving)
                throw new UserException($"Process {process} works in {run} and does not end. End it, then give the same command again.");
            stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
            stop.ThrowIfCancellationRequested();
        }
    }

    // The holder of the lock wrote its process id into it.
    private static int? Holder(string file)
    {
        if (!File.Exists(file)) return null;
        try
        {
            using var free = RegularFile.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (IOException e) when (e is not NotARegularFileException)
        {
            using var reader = RegularFile.OpenText(file);
            return int.TryParse(reader.ReadToEnd().Trim(), CultureInfo.InvariantCulture, out var process) ? process : null;
        }
    }
}
