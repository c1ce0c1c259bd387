namespace CACL.Benchmarks.Suite;

/// <summary>
/// The program that this one is compared with: a PyTorch script for the same job, given by its folder. peer.py measures on a processor
/// (<c>decode VIDEOS</c>, <c>step</c>, <c>train VIDEOS</c>), peer_gpu.py steps on a card; each prints its figures as a line of JSON.
/// </summary>
internal sealed class Peer
{
    private readonly string? _folder;
    private readonly Command? _python;

    private Peer(string? folder, Command? python, string words, string? lack) =>
        (_folder, _python, Words, Lack) = (folder, python, words, lack);

    /// <summary>What it is: "PyTorch 2.9.0 (/usr/bin/python3)"; or why there is none.</summary>
    public string Words { get; }

    /// <summary>Why there is no peer; null: there is one.</summary>
    public string? Lack { get; }

    /// <summary>Looks for the scripts and for a Python that can run them.</summary>
    public static Peer Find(SuiteSettings settings, CancellationToken stop)
    {
        if (settings.Peer is not { } folder) return Without("no peer: name its folder by --peer or CACL_PEER");
        folder = Path.GetFullPath(folder);
        if (!File.Exists(Path.Combine(folder, "peer.py"))) return Without($"no peer: there is no peer.py in {folder}");
        string[] candidates = settings.Python is { } given ? [given] : ["python3", "/usr/bin/python3"];
        foreach (var candidate in candidates)
        {
            try
            {
                var asked = ProgramRun.Of(new Command(candidate, "-c", "import torch; print(torch.__version__)"), stop);
                return new Peer(folder, new Command(candidate), $"PyTorch {asked.Output.Trim()} ({candidate})", null);
            }
            catch (MeasurementException)
            {
                // The next one may have it.
            }
        }

        return Without($"no peer: {string.Join(" and ", candidates)} cannot import torch (name a Python that can by --python)");
    }

    /// <summary>Returns a measurement by one of its scripts.</summary>
    /// <exception cref="NotHereException">There is no such script.</exception>
    public Command Script(string name, params string[] arguments)
    {
        if (_folder is null) throw new NotHereException(Lack!);
        var script = Path.Combine(_folder, name);
        return File.Exists(script)
            ? _python!.With([script, .. arguments])
            : throw new NotHereException($"no peer: there is no {name} in {_folder}");
    }

    private static Peer Without(string lack) => new(null, null, lack, lack);
}
