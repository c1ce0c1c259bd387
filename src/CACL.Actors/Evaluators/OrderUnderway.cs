using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Actors.Links;
using CACL.Data.Files;

namespace CACL.Actors.Evaluators;

/// <summary>An order that a worker has, at the training's end: the files that it may fetch, and what has come back of it so far.</summary>
internal sealed class OrderUnderway(EvaluationOrder order, string checkpoint)
{
    private readonly TaskCompletionSource<MadeEvaluation> _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, byte[]> _files = [];
    private long _bytes;

    /// <summary>What came of it.</summary>
    public Task<MadeEvaluation> Made => _made.Task;

    /// <summary>Reads a piece of one of the checkpoint's files into a buffer that holds the longest.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="LinkException">No such piece belongs to the order.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public int Read(PieceHeader wanted, byte[] buffer)
    {
        if (wanted.Part < 0 || wanted.Part >= order.Checkpoint.Count || wanted.Offset < 0
            || wanted.Offset >= order.Checkpoint[wanted.Part].Bytes)
            throw new LinkException("it asks for what no file of the checkpoint has");
        var part = order.Checkpoint[wanted.Part];
        var count = (int)Math.Min(buffer.Length, part.Bytes - wanted.Offset);
        using var file = RegularFile.OpenRead(Path.Combine(checkpoint, part.Name));
        file.Seek(wanted.Offset, SeekOrigin.Begin);
        file.ReadExactly(buffer, 0, count);
        return count;
    }

    /// <summary>Makes room for a file that comes.</summary>
    /// <exception cref="LinkException">It is none that an evaluation leaves.</exception>
    public byte[] Expect(string name, int bytes)
    {
        _bytes += bytes;
        if (_bytes > EvaluatorLimits.Files || !EvaluatorLimits.IsPlain(name))
            throw new LinkException("what it sends as a file of an evaluation is none");
        return _files[name] = new byte[bytes];
    }

    /// <summary>Completes it with a result, as JSON.</summary>
    public void Succeed(byte[] result)
    {
        try
        {
            var strict = new JsonDocumentOptions { AllowDuplicateProperties = false };
            if (JsonNode.Parse(result, documentOptions: strict) is JsonObject read)
            {
                _made.TrySetResult(new MadeEvaluation(read, _files));
                return;
            }
        }
        catch (JsonException)
        {
            // told below
        }

        Fail(new LinkException("what it sent is not a result"));
    }

    /// <summary>Completes it without one.</summary>
    public void Fail(Exception cause) => _made.TrySetException(cause);

    /// <summary>Completes it as cancelled.</summary>
    public void End(CancellationToken cancel) => _made.TrySetCanceled(cancel);
}
