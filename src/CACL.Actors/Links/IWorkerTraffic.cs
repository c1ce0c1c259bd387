namespace CACL.Actors.Links;

/// <summary>The worker's end of a connection, whatever it does for the training. Disposing of it ends what is under way.</summary>
internal interface IWorkerTraffic : IDisposable
{
    /// <summary>Begins to work.</summary>
    void Start();

    /// <summary>Takes nothing more, and has the training say when all that is here has been answered.</summary>
    void Leave();
}
