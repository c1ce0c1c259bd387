namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Drops what comes before the first key frame where the codec's own decoder does not: see <see cref="ConcealingCodecs"/>.
/// </summary>
internal sealed class KeyFrameGate : IDisposable
{
    private readonly PictureHeaders? _headers;
    private bool _packetsPass;
    private bool _framesPass;

    public KeyFrameGate(FfmpegLibraries ffmpeg, MediaStream stream)
    {
        // The header of an HEVC picture says, before it is decoded, whether decoding can start there. If it can at the first picture,
        // everything decoded is whole.
        var isHevc = stream.CodecName == ConcealingCodecs.Hevc;
        if (isHevc) _headers = new PictureHeaders(ffmpeg, stream);
        _packetsPass = !isHevc;
        _framesPass = isHevc || !ConcealingCodecs.Contains(stream.CodecName);
    }

    /// <summary>Whether anything was dropped.</summary>
    public bool KeptBack { get; private set; }

    /// <summary>Returns whether to give the packet to the decoder.</summary>
    public bool Admits(MediaPacket packet)
    {
        if (_packetsPass) return true;
        _headers!.Read(packet);
        _packetsPass = _headers.IsKey;
        if (!_packetsPass) (KeptBack, _framesPass) = (true, false);
        return _packetsPass;
    }

    /// <summary>Returns whether the frame belongs to the video.</summary>
    public bool Admits(MediaFrame frame)
    {
        if (_framesPass) return true;
        _framesPass = frame.IsKey;
        KeptBack |= !_framesPass;
        return _framesPass;
    }

    public void Dispose() => _headers?.Dispose();
}
