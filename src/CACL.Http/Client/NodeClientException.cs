namespace CACL.Http.Client;

/// <summary>The program of a run does not answer, or refuses. The message says which, why and what to do, and is shown as it is.</summary>
public sealed class NodeClientException(string message, Exception? inner = null) : Exception(message, inner);
