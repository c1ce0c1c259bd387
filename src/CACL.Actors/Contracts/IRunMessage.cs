namespace CACL.Actors.Contracts;

/// <summary>
/// A message between two actors of a run. It is an immutable value that can be sent to another process: it contains no exception, no
/// closure and no native memory. Messages that an actor sends to itself do not implement this interface.
/// </summary>
public interface IRunMessage;
