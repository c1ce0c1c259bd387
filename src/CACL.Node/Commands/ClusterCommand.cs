using System.CommandLine;
using CACL.Actors.Certificates;
using CACL.Configuration.Reading;
using CACL.Node.Ending;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl cluster</c>.</summary>
internal static class ClusterCommand
{
    /// <summary>Creates the verb with its subcommands.</summary>
    public static Command Create() => new Verb(
        "cluster", "Prepares machines that work together on a run.", "cacl cluster certificates certificates")
    {
        CreateCertificates(),
    };

    private static Verb CreateCertificates()
    {
        var command = new Verb(
            "certificates",
            "Makes a small certificate authority, and certificates for a trainer and its workers: they encrypt what they send, and nobody "
                + "else can join. In a folder with an authority, makes the other certificates anew.",
            "cacl cluster certificates certificates");
        var folder = new Argument<string>("DIR") { Description = "Where to write them." };
        command.Add(folder);
        command.SetAction(parsed =>
        {
            var path = FilePaths.Absolute(parsed.GetValue(folder)!);
            var isNew = ClusterCertificates.Make(path, DateTimeOffset.Now);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(isNew
                ? $"Made an authority and its certificates in {path}:"
                : $"Made the certificates of the authority in {path} anew:");
            foreach (var (files, use) in new[]
            {
                ("ca.pem", "for every machine"),
                ("trainer.pem, trainer.key", "for the machine that trains"),
                ("worker.pem, worker.key", "for the workers"),
                ("ca.key", "makes new certificates: keep it where no other machine is"),
            })
            {
                output.WriteLine($"  {files,-26}{use}");
            }

            output.WriteLine($"Name the folder on each machine with: --set cacl.cluster.certificates={path}");
            return ExitCodes.Success;
        });
        return command;
    }
}
