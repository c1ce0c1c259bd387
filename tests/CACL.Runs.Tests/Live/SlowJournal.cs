using CACL.Runs.Live;
using CACL.Testing;

namespace CACL.Runs.Tests.Live;

/// <summary>A journal on a slow disk: the first write ends when the test says so. From then on, writes end at once.</summary>
internal sealed class SlowJournal : IControlJournal, IDisposable
{
    private readonly List<JournaledChange> _changes = [];
    private readonly ManualResetEventSlim _writing = new();
    private readonly ManualResetEventSlim _may = new();
    private Exception? _fault;

    public string Path => "control.jsonl";

    public IReadOnlyList<JournaledChange> Read() => _changes;

    public void Append(IReadOnlyList<JournaledChange> changes)
    {
        _writing.Set();
        Eventually.IsSet(_may);
        if (_fault is not null) throw _fault;
        _changes.AddRange(changes);
    }

    /// <summary>Returns when a write has begun.</summary>
    public void AwaitWrite() => Eventually.IsSet(_writing);

    public void Finish()
    {
        _fault = null;
        _may.Set();
    }

    public void Fail(Exception fault)
    {
        _fault = fault;
        _may.Set();
    }

    public void Dispose()
    {
        _writing.Dispose();
        _may.Dispose();
    }
}
