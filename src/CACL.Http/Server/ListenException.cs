namespace CACL.Http.Server;

/// <summary>The address or port asked for cannot be listened on. The message says why and what to set, and is shown as it is.</summary>
public sealed class ListenException(string message, Exception? inner = null) : Exception(message, inner);
