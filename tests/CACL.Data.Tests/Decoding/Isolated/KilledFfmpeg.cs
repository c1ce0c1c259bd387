using CACL.Data.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>The installed ffmpeg or ffprobe behind a shell that kills itself by SIGKILL in the middle of certain runs.</summary>
internal static class KilledFfmpeg
{
    /// <summary>The programs, one of them behind such a shell.</summary>
    /// <param name="folder">Where the shell's script goes.</param>
    /// <param name="which">ffmpeg or ffprobe.</param>
    /// <param name="when">Runs with this in their arguments are killed.</param>
    /// <param name="after">What passes on the part of the output that comes before the kill.</param>
    /// <param name="times">How often: later runs are left alone.</param>
    /// <param name="signal">The signal.</param>
    public static FfmpegProgram Program(
        TemporaryFolder folder, string which, string when, string after = "true", int times = int.MaxValue, string signal = "KILL")
    {
        var installed = InstalledProgram.Ffmpeg;
        var real = which == "ffmpeg" ? installed.FfmpegPath : installed.FfprobePath;
        Directory.CreateDirectory(folder.File("killed"));
        var script = folder.File("killed", which);
        SpecialFiles.Script(
            script,
            $"""
            case "$*" in *{when}*)
              if [ $(ls {folder.File("killed")} | grep -c kill-) -lt {times} ]; then
                touch {folder.File("killed")}/kill-$$
                {real} "$@" | {after}
                kill -{signal} $$
              fi;;
            esac
            exec {real} "$@"
            """);
        return which == "ffmpeg"
            ? FfmpegProgram.At(script, installed.FfprobePath, installed.VersionText)
            : FfmpegProgram.At(installed.FfmpegPath, script, installed.VersionText);
    }
}
