namespace CACL.Actors.Tests.Fakes;

/// <summary>Counts how many of a kind there were, how many there are, and how many there were at once. Thread-safe.</summary>
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
