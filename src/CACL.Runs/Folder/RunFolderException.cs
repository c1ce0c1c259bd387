namespace CACL.Runs.Folder;

/// <summary>A run folder cannot be used as requested. The message consists of sentences that name the folder and the remedy.</summary>
/// <param name="message">The sentences.</param>
/// <param name="inner">The underlying error, or null.</param>
public class RunFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A newer version of this program wrote the run folder, in a format that this one does not know.</summary>
/// <param name="message">The sentences.</param>
public sealed class NewerRunFolderException(string message) : RunFolderException(message);
