using CACL.Data.Processes;
using CACL.Node.Demo;
using CACL.Node.Ending;

namespace CACL.Node.Videos;

/// <summary>Handles <c>cacl videos make</c>: makes the demo's clips.</summary>
internal static class MakeClipsHandler
{
    /// <summary>Makes the missing clips.</summary>
    public static int Run(string folder, int count, int seed, TextWriter output)
    {
        using var interruption = new Interruption();
        var clips = new SyntheticClips(Path.GetFullPath(folder), seed);
        var last = 0L;
        try
        {
            // A line per second is enough to show that it is working.
            clips.MakeAsync(count, done => Tell(done, count, ref last, output), interruption.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            throw interruption.Stopped("Stopped. The clips made so far are kept; the same command makes the rest.");
        }
        catch (Exception e) when (e is ChildStartException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The clips in {folder} cannot be made: {e.Message} They need the program ffmpeg with libx264 (sudo "
                + "apt-get install ffmpeg), and a folder with room that can be written.", e);
        }

        output.WriteLine($"{count} clips are in {clips.Videos}.");
        return ExitCodes.Success;
    }

    private static void Tell(int done, int count, ref long last, TextWriter output)
    {
        if (Environment.TickCount64 - last < 1000) return;
        last = Environment.TickCount64;
        output.WriteLine($"{done} of {count} clips");
    }
}
