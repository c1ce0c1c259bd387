using System.Buffers.Binary;
using System.Text;
using CACL.Learning.Ranks;

namespace CACL.Learning.DataParallel;

/// <summary>What rank 0 tells the others to do.</summary>
internal enum RankOrder
{
    /// <summary>To wait on: rank 0 is there, and has nothing to do for them yet.</summary>
    Wait,

    /// <summary>To prepare a training.</summary>
    Prepare,

    /// <summary>To take over rank 0's state, which follows.</summary>
    TakeState,

    /// <summary>To take a step.</summary>
    Step,

    /// <summary>To end.</summary>
    End,
}

/// <summary>An order of rank 0 to the others, who wait for the next one whenever they have carried one out.</summary>
/// <param name="Order">What to do.</param>
/// <param name="Text">What belongs to it, mostly JSON.</param>
internal sealed record RankMessage(RankOrder Order, string Text = "")
{
    private const string What = "the next order of rank 0";

    /// <summary>Sends it from rank 0 to the others.</summary>
    public void Send(ICollectives ranks)
    {
        var text = Encoding.UTF8.GetBytes(Text);
        var head = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(head, (int)Order);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), text.Length);
        ranks.Broadcast(head, What);
        if (text.Length > 0) ranks.Broadcast(text, What);
    }

    /// <summary>Receives the next one.</summary>
    public static RankMessage Receive(ICollectives ranks)
    {
        var head = new byte[8];
        ranks.Broadcast(head, What);
        var text = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4))];
        if (text.Length > 0) ranks.Broadcast(text, What);
        return new RankMessage((RankOrder)BinaryPrimitives.ReadInt32LittleEndian(head), Encoding.UTF8.GetString(text));
    }
}
