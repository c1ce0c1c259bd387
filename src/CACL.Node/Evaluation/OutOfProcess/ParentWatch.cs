using System.Diagnostics;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>
/// In a child process: it ends when its parent does, however that ends. The parent holds the other end of the child's standard input, and
/// the system closes it with the parent. (The system's own signal for a parent's death goes by thread, and threads of a pool come and go.)
/// </summary>
internal static class ParentWatch
{
    /// <summary>The environment variable by which a parent asks for it.</summary>
    public const string Variable = "CACL_ENDS_WITH_PARENT";

    /// <summary>Begins to watch if the parent asked for it.</summary>
    public static void BeginIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1") return;
        // Its own children are not to wait for a parent on a standard input that they do not have.
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
                // Nobody writes; whoever does is not listened to.
            }
        }
        catch (IOException)
        {
            // As good as closed.
        }

        Process.GetCurrentProcess().Kill();
    }
}
