using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.Training;

/// <summary>What <c>cacl train</c> is asked to do.</summary>
/// <param name="Configuration">Settings; <c>cacl.run.directory</c> may be empty: <see cref="RunFolder.Name"/>.</param>
/// <param name="Start">What happens with an existing run folder.</param>
/// <param name="InitFrom">Weights to start from, absolute path, or null.</param>
internal sealed record TrainRequest(ResolvedConfiguration Configuration, RunStart Start, string? InitFrom);
