using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Serilog;

namespace CACL.Http.Dashboard;

/// <summary>Asks for the status once for all who listen, and at most about once a second.</summary>
internal sealed class SharedStatus(Func<Task<JsonObject>> ask)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(900);
    private readonly SharedAnswer<string?> _answer = new(() => AskAsync(ask), Fresh);

    /// <summary>Returns the status as JSON on one line; null where the run does not answer.</summary>
    /// <param name="anew">Whether to ask again although one was read a moment ago: the run has just ended.</param>
    public Task<string?> ReadAsync(bool anew) => _answer.ReadAsync(anew);

    [SuppressMessage("Design", "CA1031", Justification = "The stream goes on whatever it is: the run may answer the next time.")]
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
