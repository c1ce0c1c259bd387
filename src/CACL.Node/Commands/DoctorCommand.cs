using System.CommandLine;
using CACL.Node.Doctor;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl doctor</c>.</summary>
internal static class DoctorCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var command = new Verb(
            "doctor",
            "Says what this machine has and lacks, and how to get what it lacks. Exit status 1 if a training could not start.",
            "cacl doctor",
            "cacl doctor --set cacl.training.libtorch=/opt/torch/lib");
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed => Examination.Run(configuration.LoadClosed(parsed).Settings, parsed.InvocationConfiguration.Output));
        return command;
    }
}
