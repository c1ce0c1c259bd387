using System.Buffers.Binary;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Recognises packets that contain nothing but a picture to which no other refers, from the headers of their NAL units. A decoder that does
/// not get them returns the same other pictures. H.264 says it of each picture (nal_ref_idc). HEVC says of a picture that none of its own
/// temporal sub-layer refers to it; that excludes all others in the highest sub-layer only.
/// </summary>
internal sealed class UnreferencedPictures
{
    private const int H264Slice = 1;
    private const int H264Delimiter = 9;
    private const int H264Filler = 12;
    private const int HevcLastTrailing = 14; // up to it, even types are pictures to which none of their sub-layer refers
    private const int HevcParameterSet = 33; // sequence parameter set
    private const int HevcDelimiter = 35;
    private const int HevcFiller = 38;

    private readonly bool _isHevc;
    private readonly int _lengthSize;
    private readonly int _highestSubLayer;

    private UnreferencedPictures(bool isHevc, int lengthSize, int highestSubLayer) =>
        (_isHevc, _lengthSize, _highestSubLayer) = (isHevc, lengthSize, highestSubLayer);

    private enum Unit
    {
        Unreferenced,
        Empty,
        Needed,
    }

    /// <summary>Reads what a stream's headers say about its packets.</summary>
    /// <param name="codec">ffmpeg's name of the codec.</param>
    /// <param name="headers">The container's configuration record: avcC or hvcC.</param>
    /// <returns>Null if packets of this stream cannot be judged.</returns>
    public static UnreferencedPictures? Of(string codec, ReadOnlySpan<byte> headers)
    {
        const int AvcC = 7, HvcC = 23; // bytes before the parameter sets
        return codec switch
        {
            "h264" when headers.Length >= AvcC && headers[0] == 1 => new(false, (headers[4] & 3) + 1, 0),
            ConcealingCodecs.Hevc when headers.Length >= HvcC && headers[0] == 1 && HighestSubLayer(headers[(HvcC - 1)..]) is { } highest =>
                new(true, (headers[21] & 3) + 1, highest),
            _ => null,
        };
    }

    /// <summary>Returns whether nothing is lost if the packet is not decoded, except the picture itself.</summary>
    public bool Contains(ReadOnlySpan<byte> packet)
    {
        var found = false;
        while (!packet.IsEmpty)
        {
            if (packet.Length < _lengthSize) return false;
            long length = 0;
            foreach (var part in packet[.._lengthSize]) length = (length << 8) | part;
            packet = packet[_lengthSize..];
            if (length < (_isHevc ? 2 : 1) || length > packet.Length) return false;
            switch (_isHevc ? OfHevc(packet[0], packet[1]) : OfH264(packet[0]))
            {
                case Unit.Needed:
                    return false;
                case Unit.Unreferenced:
                    found = true;
                    break;
            }

            packet = packet[(int)length..];
        }

        return found;
    }

    private static Unit OfH264(byte header) => (header & 0x1f, header >> 5) switch
    {
        (H264Slice, 0) => Unit.Unreferenced,
        (H264Delimiter or H264Filler, 0) => Unit.Empty,
        _ => Unit.Needed,
    };

    private Unit OfHevc(byte first, byte second)
    {
        var (type, layer, subLayer) = (first >> 1, ((first & 1) << 5) | (second >> 3), (second & 7) - 1);
        if (type <= HevcLastTrailing && type % 2 == 0 && layer == 0 && subLayer == _highestSubLayer) return Unit.Unreferenced;
        return type is HevcDelimiter or HevcFiller ? Unit.Empty : Unit.Needed;
    }

    /// <summary>Returns the highest temporal sub-layer that the sequence parameter sets announce; null if there is none to read.</summary>
    /// <param name="arrays">hvcC from its number of arrays on.</param>
    private static int? HighestSubLayer(ReadOnlySpan<byte> arrays)
    {
        int? highest = null;
        var left = arrays[0];
        for (arrays = arrays[1..]; left > 0; left--)
        {
            if (arrays.Length < 3) return null;
            var (type, units) = (arrays[0] & 0x3f, BinaryPrimitives.ReadUInt16BigEndian(arrays[1..]));
            arrays = arrays[3..];
            for (; units > 0; units--)
            {
                if (arrays.Length < 2) return null;
                var length = BinaryPrimitives.ReadUInt16BigEndian(arrays);
                if (arrays.Length - 2 < length) return null;
                var unit = arrays.Slice(2, length);
                arrays = arrays[(2 + length)..];
                if (type != HevcParameterSet) continue;
                if (unit.Length < 3) return null;
                highest = Math.Max(highest ?? 0, (unit[2] >> 1) & 7); // behind its header: 4 bits, then sps_max_sub_layers_minus1
            }
        }

        return highest;
    }
}
