namespace CACL.Runs.Folder;

/// <summary>A run folder cannot be used as asked. The message is made of whole sentences that name the folder and the remedy.</summary>
/// <param name="message">The sentences.</param>
/// <param name="inner">What was found, or null.</param>
public sealed class RunFolderException(string message, Exception? inner = null) : Exception(message, inner);
