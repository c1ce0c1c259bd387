using CACL.Actors.Certificates;

namespace CACL.Actors.Links;

/// <summary>
/// Looks whether a trainer is where it is said to be, before a worker joins: the cluster itself tries for ever, and says nothing to people.
/// </summary>
public static class TrainerProbe
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    /// <summary>Returns why no trainer can be joined there now, as a clause; null: there is one.</summary>
    /// <param name="host">The trainer's host.</param>
    /// <param name="port">Its port.</param>
    /// <param name="certificate">What to show, and whom to trust; null: nothing is encrypted.</param>
    public static string? WhyNot(string host, int port, NodeCertificate? certificate)
    {
        try
        {
            using var stream = LinkStream.Connect(host, port, certificate);
            return certificate is null || !stream.IsTurnedAway(Moment)
                ? null
                : $"{host}:{port} turns this worker's certificate away. Both machines need certificates of the same authority";
        }
        catch (LinkException cause)
        {
            return cause.Message;
        }
    }
}
