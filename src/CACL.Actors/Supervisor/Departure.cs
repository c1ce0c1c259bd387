using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// Tracks how a training shuts down: the next action waits until the loop's engine and the decoders are gone. At first there is no
/// training, so nothing has to shut down.
/// </summary>
internal sealed class Departure
{
    private Action? _next;

    /// <summary>Whether the training was asked to shut down.</summary>
    public bool IsUnderway { get; private set; }

    /// <summary>Whether the engine is gone, or is no longer waited for.</summary>
    public bool EngineIsGone { get; private set; } = true;

    /// <summary>Whether the decoders are gone, or are no longer waited for.</summary>
    public bool DecodersAreGone { get; private set; } = true;

    /// <summary>What went wrong while the engine was disposed, or null.</summary>
    public Fault? EngineFault { get; private set; }

    /// <summary>Whether an action waits for the training to be gone.</summary>
    public bool IsAwaited => _next is not null;

    /// <summary>Notes that a training was launched.</summary>
    public void Launched()
    {
        (IsUnderway, EngineIsGone, DecodersAreGone, EngineFault) = (false, false, false, null);
    }

    /// <summary>Sets the action to take once the training is gone; it replaces an earlier one.</summary>
    /// <returns>Whether this starts the shutdown of the training.</returns>
    public bool Await(Action next)
    {
        _next = next;
        if (IsUnderway) return false;
        IsUnderway = true;
        return true;
    }

    /// <summary>Notes that the engine is gone, or is no longer waited for.</summary>
    public void EngineGone(Fault? fault = null)
    {
        EngineIsGone = true;
        EngineFault = fault ?? EngineFault;
    }

    /// <summary>Notes that the decoders are gone, or are no longer waited for.</summary>
    public void DecodersGone() => DecodersAreGone = true;

    /// <summary>Returns, once, the action that is due now; null if it has to wait or there is none.</summary>
    public Action? Next()
    {
        if (!EngineIsGone || !DecodersAreGone) return null;
        var next = _next;
        _next = null;
        return next;
    }
}
