using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Wording;
using CACL.Http.Endpoints;
using CACL.Runs.Folder;

namespace CACL.Http.Client;

/// <summary>Sends requests to the program that runs in a run folder.</summary>
public sealed class NodeClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly string _run;
    private readonly NodeFile _node;
    private readonly HttpClient _http;

    private NodeClient(string run, NodeFile node, string token)
    {
        _run = run;
        _node = node;
        // The address is this machine's, or one that the user named: no proxy stands between.
        _http = new HttpClient(
            new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        { BaseAddress = node.Address, Timeout = Deadline };
        _http.DefaultRequestHeaders.Add(Requests.InstanceHeader, node.Instance);
        if (token.Length > 0) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Returns a client of the program that runs in a folder.</summary>
    /// <param name="run">The run folder, absolute.</param>
    /// <param name="token">The token of cacl.http.token, or empty.</param>
    /// <param name="instead">A sentence that says what to do where nothing runs.</param>
    /// <exception cref="NodeClientException">Nothing runs in it.</exception>
    /// <exception cref="RunFolderException">There is no such folder, or it holds no run.</exception>
    public static NodeClient Find(string run, string token, string instead)
    {
        RunFolder.RequireFolder(run);
        if (NodeFile.Read(run) is not { } node)
        {
            RunFolder.RequireRun(run);
            throw new NodeClientException(
                $"No program answers for {run}: it is not running, or {SettingNames.HttpEnabled} is false. {instead}");
        }

        return new NodeClient(run, node, token);
    }

    /// <summary>Posts a JSON object and returns the response.</summary>
    /// <param name="path">The endpoint's path.</param>
    /// <param name="body">The object.</param>
    /// <param name="instead">As for <see cref="Find"/>.</param>
    /// <exception cref="NodeClientException">Nothing answers, or refuses; the message holds its sentence.</exception>
    public JsonObject Post(string path, JsonObject body, string instead) => Send(HttpMethod.Post, path, body, instead);

    /// <summary>Returns what an endpoint answers; null where the program has ended.</summary>
    /// <exception cref="NodeClientException">The program runs and does not answer, or refuses.</exception>
    public JsonObject? TryGet(string path)
    {
        try
        {
            var answer = Send(HttpMethod.Get, path, null, "");
            return (string?)answer["instance"] == _node.Instance ? answer : null;
        }
        catch (NodeClientException) when (!RunFolder.IsHeld(_run))
        {
            return null;
        }
    }

    /// <summary>Sends a request, with a JSON object or without a body, and returns the response.</summary>
    /// <param name="method">The method, such as PATCH.</param>
    /// <param name="path">The endpoint's path.</param>
    /// <param name="body">The object; null: no body.</param>
    /// <param name="instead">As for <see cref="Find"/>.</param>
    /// <exception cref="NodeClientException">Nothing answers, or refuses; the message holds its sentence.</exception>
    public JsonObject Send(HttpMethod method, string path, JsonObject? body, string instead)
    {
        try
        {
            using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var response = _http.Send(request);
            using var stream = response.Content.ReadAsStream();
            var answer = JsonNode.Parse(stream) as JsonObject ?? [];
            if (response.IsSuccessStatusCode) return answer;
            if (response.StatusCode == System.Net.HttpStatusCode.Gone) throw NotRunning(instead, null);
            var hint = response.StatusCode == System.Net.HttpStatusCode.Unauthorized
                ? " Set the environment variable CACL_HTTP_TOKEN to the run's token."
                : "";
            var sentence = (string?)answer["error"] ?? $"The run answered with status {(int)response.StatusCode}.";
            throw new NodeClientException(sentence + hint);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            throw IsAlive(_node.ProcessId)
                ? new NodeClientException(
                    $"The program of {_run} (process {_node.ProcessId}) does not answer at {_node.Address}: {e.Message} "
                        + "Look at its train.log, or try again.",
                    e)
                : NotRunning(instead, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private NodeClientException NotRunning(string instead, Exception? cause) =>
        new($"The run {_run} is not running any more: its last program, process {_node.ProcessId}, ended without taking its "
            + $"{NodeFile.Name} along. {instead}", cause);

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
