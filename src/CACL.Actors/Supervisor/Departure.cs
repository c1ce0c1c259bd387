using CACL.Runs.Folder;

namespace CACL.Actors.Supervisor;

/// <summary>
/// How a training leaves: what follows waits until the loop's engine and the decoders are gone. At first there is none, so nothing has to
/// leave.
/// </summary>
internal sealed class Departure
{
    private Action? _next;

    /// <summary>Whether the training was told to leave.</summary>
    public bool IsUnderway { get; private set; }

    /// <summary>Whether nothing is left of the engine.</summary>
    public bool EngineIsGone { get; private set; } = true;

    /// <summary>Whether nothing is left of the decoders.</summary>
    public bool DecodersAreGone { get; private set; } = true;

    /// <summary>What went wrong while the engine was given up, or null.</summary>
    public Fault? EngineFault { get; private set; }

    /// <summary>Whether something waits for the training to be gone.</summary>
    public bool IsAwaited => _next is not null;

    /// <summary>A training was launched.</summary>
    public void Launched()
    {
        (IsUnderway, EngineIsGone, DecodersAreGone, EngineFault) = (false, false, false, null);
    }

    /// <summary>Has something follow once the training is gone. It takes the place of what was to follow before.</summary>
    /// <returns>Whether the training begins to leave by this.</returns>
    public bool Await(Action next)
    {
        _next = next;
        if (IsUnderway) return false;
        IsUnderway = true;
        return true;
    }

    /// <summary>The engine is gone, or is not waited for.</summary>
    public void EngineGone(Fault? fault = null)
    {
        EngineIsGone = true;
        EngineFault = fault ?? EngineFault;
    }

    /// <summary>The decoders are gone, or are not waited for.</summary>
    public void DecodersGone() => DecodersAreGone = true;

    /// <summary>What follows now; null: it has to wait, or there is nothing. It is handed out once.</summary>
    public Action? Next()
    {
        if (!EngineIsGone || !DecodersAreGone) return null;
        var next = _next;
        _next = null;
        return next;
    }
}
