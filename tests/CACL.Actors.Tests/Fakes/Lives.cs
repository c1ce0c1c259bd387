namespace CACL.Actors.Tests.Fakes;

/// <summary>Counts how many instances were created, how many are alive, and how many were alive at once. Thread-safe.</summary>
internal sealed class Lives
{
    private readonly Lock _gate = new();

    public int Begun { get; private set; }

    public int Alive { get; private set; }

    public int MostAtOnce { get; private set; }

    public void Begin()
    {
        lock (_gate)
        {
            Begun++;
            MostAtOnce = Math.Max(MostAtOnce, ++Alive);
        }
    }

    public void End()
    {
        lock (_gate) Alive--;
    }
}
