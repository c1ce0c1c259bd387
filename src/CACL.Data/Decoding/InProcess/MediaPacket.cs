namespace CACL.Data.Decoding.InProcess;

/// <summary>Owns an AVPacket, which is reused for packet after packet.</summary>
internal sealed unsafe class MediaPacket : IDisposable
{
    private const int Key = 1; // AV_PKT_FLAG_KEY
    private const int Corrupt = 2; // AV_PKT_FLAG_CORRUPT
    private const int Discard = 4; // AV_PKT_FLAG_DISCARD
    private const int NewExtraData = 1; // AV_PKT_DATA_NEW_EXTRADATA

    private readonly FfmpegFunctions _ffmpeg;
    private byte* _packet;

    public MediaPacket(FfmpegFunctions ffmpeg)
        : this(ffmpeg, ffmpeg.PacketAllocate())
    {
    }

    private MediaPacket(FfmpegFunctions ffmpeg, byte* packet)
    {
        _ffmpeg = ffmpeg;
        _packet = packet;
        if (_packet == null) throw new InsufficientMemoryException("ffmpeg could not allocate a packet.");
    }

    public byte* Pointer => _packet;

    public long Pts => *(long*)(_packet + PacketLayout.Pts);

    public byte* Data => *(byte**)(_packet + PacketLayout.Data);

    public int Size => *(int*)(_packet + PacketLayout.Size);

    public ReadOnlySpan<byte> Bytes => new(Data, Size);

    public int StreamIndex => *(int*)(_packet + PacketLayout.StreamIndex);

    public bool IsKey => (Flags & Key) != 0;

    public bool IsCorrupt => (Flags & Corrupt) != 0;

    /// <summary>
    /// Whether the packet is decoded for others that depend on it but not shown: it lies before the start of an edit list.
    /// </summary>
    public bool IsDiscarded => (Flags & Discard) != 0;

    /// <summary>Whether the codec's headers, and perhaps the picture's size with them, change with this packet.</summary>
    public bool ChangesHeaders => _ffmpeg.PacketSideData(_packet, NewExtraData, null) != null;

    private int Flags => *(int*)(_packet + PacketLayout.Flags);

    /// <summary>Returns a copy of the packet, which can be kept while this one is reused.</summary>
    public MediaPacket Clone() => new(_ffmpeg, _ffmpeg.PacketClone(_packet));

    /// <summary>Drops the data, so that the packet can be reused.</summary>
    public void Clear() => _ffmpeg.PacketUnreference(_packet);

    public void Dispose()
    {
        var packet = _packet;
        _packet = null;
        _ffmpeg.PacketFree(&packet);
    }
}
