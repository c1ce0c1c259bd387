namespace CACL.Runs.Folder;

/// <summary>A run folder cannot be used as requested. The message consists of sentences that name the folder and the remedy.</summary>
/// <param name="message">The sentences.</param>
/// <param name="inner">The underlying error, or null.</param>
public sealed class RunFolderException(string message, Exception? inner = null) : Exception(message, inner);
