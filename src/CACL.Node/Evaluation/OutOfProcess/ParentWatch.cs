using System.Diagnostics;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>
/// Makes a child process end when its parent does, however that ends. The parent holds the other end of the child's standard input, and the
/// system closes it with the parent. (The system's own signal for a parent's death depends on a thread, and pool threads come and go.)
/// </summary>
internal static class ParentWatch
{
    /// <summary>The environment variable by which a parent requests it.</summary>
    public const string Variable = "CACL_ENDS_WITH_PARENT";

    /// <summary>Starts watching if the parent requested it.</summary>
    public static void BeginIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1") return;
        // Its own children must not wait for a parent on a standard input that they do not have.
        Environment.SetEnvironmentVariable(Variable, null);
        new Thread(Watch) { IsBackground = true, Name = "parent watch" }.Start();
    }

    private static void Watch()
    {
        using var input = Console.OpenStandardInput();
        var nothing = new byte[64];
        try
        {
            while (input.Read(nothing) > 0)
            {
                // Nobody is expected to write; anything written is ignored.
            }
        }
        catch (IOException)
        {
            // This counts as closed.
        }

        Process.GetCurrentProcess().Kill();
    }
}
