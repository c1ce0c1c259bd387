using System.CommandLine;

namespace CACL.Node.Commands;

/// <summary><c>cacl datasets</c>.</summary>
internal static class DatasetsCommand
{
    /// <summary>The verb with those below it.</summary>
    public static Command Create() =>
        new Verb("datasets", "Checks labelled data sets, on which a representation is evaluated.", "cacl datasets check --dataset "
            + "folder --data /data/camvid")
    {
        DatasetsCheckCommand.Create(),
    };
}
