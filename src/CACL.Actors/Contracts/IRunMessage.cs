namespace CACL.Actors.Contracts;

/// <summary>
/// A message between two actors of a run. It is a value that can be sent to another process: it holds no exception, no closure, no native
/// memory and nothing that anybody changes later. What an actor tells itself is no such message.
/// </summary>
public interface IRunMessage;
