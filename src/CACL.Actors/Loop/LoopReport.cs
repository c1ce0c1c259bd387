using CACL.Learning.Methods;
using CACL.Learning.Weights;
using CACL.Runs.Steps;

namespace CACL.Actors.Loop;

/// <summary>What the loop's thread tells its actor.</summary>
internal abstract record LoopReport
{
    /// <summary>The state is in place, the first batch is awaited.</summary>
    internal sealed record Ready : LoopReport;

    /// <summary>A step is done.</summary>
    internal sealed record Stepped(StepMetrics Metrics) : LoopReport;

    /// <summary>A host copy of the state after <paramref name="Step"/> steps; the receiver owns it.</summary>
    internal sealed record Copied(long Step, TrainingSnapshot Snapshot, IReadOnlyList<long> SkippedSteps, bool Final) : LoopReport;

    /// <summary>The losses of the step after <paramref name="Step"/> steps are not finite; nothing was changed by it.</summary>
    internal sealed record NotFinite(long Step, StepResult Result, IReadOnlyList<string> Videos, bool GoesOn) : LoopReport;

    /// <summary>The loop has ended in order.</summary>
    internal sealed record Ended(long Step, bool AllDone) : LoopReport;

    /// <summary>The loop has ended by an exception.</summary>
    internal sealed record Crashed(long Step, Exception Cause) : LoopReport;
}
