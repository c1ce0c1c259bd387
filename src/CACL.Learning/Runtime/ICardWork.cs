namespace CACL.Learning.Runtime;

/// <summary>The work that this process hands to a card, in the order in which the card does it.</summary>
internal interface ICardWork : IDisposable
{
    /// <summary>What the card is called everywhere: no two have the same.</summary>
    string Card { get; }

    /// <summary>The stream on which libtorch hands its work over (cudaStream_t).</summary>
    nint Stream { get; }

    /// <summary>Makes the card the one that the calling thread's calls are about.</summary>
    void Enter();

    /// <summary>Waits, on a thread that has entered, until the card has done all that it was given so far.</summary>
    void Wait();
}
