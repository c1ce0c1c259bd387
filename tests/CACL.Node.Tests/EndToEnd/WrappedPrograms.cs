using CACL.Data.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// Makes a folder for the PATH in which ffmpeg or ffprobe is a script that does something before it executes the real program.
/// </summary>
internal sealed class WrappedPrograms
{
    private readonly string _folder;

    /// <summary>Makes the folder.</summary>
    /// <param name="folder">Parent folder.</param>
    /// <param name="which">ffmpeg or ffprobe.</param>
    /// <param name="script">What the script does first. <c>$run</c> is the number of the run, from 1; each run is a line in
    /// <c>runs</c>.</param>
    public WrappedPrograms(string folder, string which, string script)
    {
        MadeClips.Require();
        FfmpegProgram.TryFind(out var program, out _);
        _folder = Directory.CreateDirectory(folder).FullName;
        var (real, other) = which == "ffmpeg" ? (program!.FfmpegPath, program.FfprobePath) : (program!.FfprobePath, program.FfmpegPath);
        SpecialFiles.Script(
            Path.Combine(_folder, which),
            $"""
            here={_folder}
            echo $$ >> $here/runs
            run=$(wc -l < $here/runs)
            {script}
            exec {real} "$@"
            """);
        File.CreateSymbolicLink(Path.Combine(_folder, which == "ffmpeg" ? "ffprobe" : "ffmpeg"), other);
    }

    /// <summary>Environment of a program that is to find these.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["PATH"] = $"{_folder}:{System.Environment.GetEnvironmentVariable("PATH")}" };

    /// <summary>Returns the ids of the processes that ran so far.</summary>
    public IReadOnlyList<int> Runs
    {
        get
        {
            var file = Path.Combine(_folder, "runs");
            return File.Exists(file) ? [.. File.ReadAllText(file).Split('\n')[..^1].Select(int.Parse)] : [];
        }
    }
}
