using CACL.Data.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.Isolated;

/// <summary>Wraps the installed ffmpeg or ffprobe in a shell script that kills itself with SIGKILL in the middle of certain runs.</summary>
internal static class KilledFfmpeg
{
    /// <summary>Returns the programs, one of them wrapped in such a script.</summary>
    /// <param name="folder">Folder for the script.</param>
    /// <param name="which">ffmpeg or ffprobe.</param>
    /// <param name="when">Runs with this text in their arguments are killed.</param>
    /// <param name="after">Command that passes on the part of the output before the kill.</param>
    /// <param name="times">Number of runs that are killed; later ones are not.</param>
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
