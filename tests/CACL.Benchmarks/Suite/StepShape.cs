namespace CACL.Benchmarks.Suite;

/// <summary>The settings of a step: backbone, batch B, side S and length K of the queues.</summary>
internal sealed record StepShape(int Depth, int Batch, int Size, int Queue = 16384)
{
    /// <summary>It in the words of the table.</summary>
    public string Words => $"R{Depth}, B = {Batch}, S = {Size}, K = {Queue}";

    /// <summary>It as arguments of CACL.Benchmarks.</summary>
    public string[] Arguments => ["--depth", Workbench.Text(Depth), .. PeerSizes];

    /// <summary>It as arguments of the peer's scripts.</summary>
    public string[] PeerArguments => ["--backbone", $"resnet{Depth}", .. PeerSizes];

    /// <summary>Whether the parts of the step are measured, too.</summary>
    public bool InParts { get; init; }

    private string[] PeerSizes => ["--batch", Workbench.Text(Batch), "--size", Workbench.Text(Size), "--queue", Workbench.Text(Queue)];
}
