using CACL.Learning.Methods;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§6: a ring that wraps in the middle of rows.</summary>
internal static class QueueCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var pointers = golden.Ints("pointers");
        var (size, width) = ((int)golden.Shape("queue_0")[0], (int)golden.Shape("queue_0")[1]);
        using var queue = new NegativeQueue("queue", size, width, seed: 0, golden.Device);
        using (no_grad()) queue.Rows.copy_(golden.Tensor("queue_0"));
        queue.Pointer = pointers[0];
        var met = new List<double> { queue.Pointer };
        for (var i = 1; i <= golden.Last(@"^(?:rows|queue)_(\d+)$"); i++)
        {
            queue.Enqueue(golden.Tensor($"rows_{i}"), tensor(true, device: golden.Device));
            met.Add(queue.Pointer);
            check.Exact($"queue_{i}", queue.Rows);
        }

        check.Exact("pointers", golden.Doubles("pointers"), [.. met]);
    }
}
