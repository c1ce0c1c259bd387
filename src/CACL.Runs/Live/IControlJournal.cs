namespace CACL.Runs.Live;

/// <summary>Where a run's changes are kept.</summary>
public interface IControlJournal
{
    /// <summary>The file.</summary>
    string Path { get; }

    /// <summary>What it holds.</summary>
    /// <exception cref="ControlJournalException">It makes no sense.</exception>
    IReadOnlyList<JournaledChange> Read();

    /// <summary>Adds changes, all or none, and returns when they are on the disk.</summary>
    /// <exception cref="IOException">They cannot be written; it is as it was.</exception>
    void Append(IReadOnlyList<JournaledChange> changes);
}
