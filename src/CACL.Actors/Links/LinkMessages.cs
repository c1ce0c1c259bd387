using System.Text.Json;
using CACL.Actors.Serialization;
using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Actors.Links;

/// <summary>Header of a <see cref="LinkFrame.Request"/>.</summary>
/// <param name="Request">The link's number of the request.</param>
/// <param name="Plan">The plan.</param>
/// <param name="File">The video's file.</param>
/// <param name="Video">What a decoder must know about it.</param>
internal sealed record LinkRequest(long Request, SamplePlan Plan, SharedFile File, PackedVideo Video);

/// <summary>Header of a <see cref="LinkFrame.Pair"/>.</summary>
/// <param name="Request">The request.</param>
/// <param name="Hash">See <see cref="FileHere.Hash"/>.</param>
internal sealed record LinkAnswer(long Request, string? Hash);

/// <summary>Header of a <see cref="LinkFrame.HandedBack"/>.</summary>
/// <param name="Request">The request.</param>
/// <param name="Why">The reason, as a clause for the log.</param>
internal sealed record LinkRefusal(long Request, string Why);

/// <summary>Header of a <see cref="LinkFrame.Pull"/>.</summary>
/// <param name="Pairs">How many more.</param>
internal sealed record LinkPull(int Pairs);

/// <summary>Header of a <see cref="LinkFrame.Over"/>.</summary>
/// <param name="ForGood">Whether the worker was asked to go.</param>
internal sealed record LinkOver(bool ForGood);

/// <summary>Writes and reads the headers of frames, by the rules of a run's messages.</summary>
internal static class LinkJson
{
    /// <summary>Returns a header's bytes.</summary>
    public static byte[] Write<T>(T header) => JsonSerializer.SerializeToUtf8Bytes(header, MessageJson.Options);

    /// <summary>Returns the header of a frame.</summary>
    /// <exception cref="LinkException">It is damaged.</exception>
    public static T Read<T>(LinkHead head)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(head.Header.Span, MessageJson.Options)
                ?? throw new LinkException($"a frame {head.Frame} came without its header");
        }
        catch (JsonException cause)
        {
            throw new LinkException($"a frame {head.Frame} came damaged: {cause.Message.TrimEnd('.')}", cause);
        }
    }
}
