using System.CommandLine;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl datasets</c>.</summary>
internal static class DatasetsCommand
{
    /// <summary>Creates the verb with its subcommands.</summary>
    public static Command Create() =>
        new Verb("datasets", "Checks labelled data sets, on which a representation is evaluated.", "cacl datasets check --dataset "
            + "folder --data /data/camvid")
    {
        DatasetsCheckCommand.Create(),
    };
}
