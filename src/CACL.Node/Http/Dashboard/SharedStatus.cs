using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Serilog;

namespace CACL.Node.Http.Dashboard;

/// <summary>The status, asked for once however many listen, and at most once in a while.</summary>
internal sealed class SharedStatus(Func<Task<JsonObject>> ask)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(900);
    private readonly SharedAnswer<string?> _answer = new(() => AskAsync(ask), Fresh);

    /// <summary>The status as JSON on one line; null where the run does not answer.</summary>
    /// <param name="anew">Whether what was told a moment ago will not do: the run has just ended.</param>
    public Task<string?> ReadAsync(bool anew) => _answer.ReadAsync(anew);

    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, the listeners stay: the run may answer the next time.")]
    private static async Task<string?> AskAsync(Func<Task<JsonObject>> ask)
    {
        try
        {
            return (await ask().ConfigureAwait(false)).ToJsonString();
        }
        catch (Exception e)
        {
            Log.Debug(e, "The status for the listeners could not be read");
            return null;
        }
    }
}
