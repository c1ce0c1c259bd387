using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.Training;

/// <summary>A request to <c>cacl train</c>.</summary>
/// <param name="Configuration">The settings; <c>cacl.run.directory</c> may be empty: see <see cref="RunFolder.Name"/>.</param>
/// <param name="Start">What happens to an existing run folder.</param>
/// <param name="InitFrom">Initial weights, absolute path, or null.</param>
internal sealed record TrainRequest(ResolvedConfiguration Configuration, RunStart Start, string? InitFrom);
