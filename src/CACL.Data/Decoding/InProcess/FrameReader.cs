namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Decodes one stream of a file forwards, frame by frame, in presentation order, from the first frame that can be decoded: the whole
/// stream, or the part that a search needs. Owns nothing that it is given.
/// </summary>
internal sealed class FrameReader(
    MediaFile file,
    int stream,
    FrameDecoder decoder,
    KeyFrameGate gate,
    MediaPacket packet,
    MediaFrame frame,
    Deadline deadline,
    FrameSearch? search = null)
{
    private bool _damaged;
    private bool _drained;

    /// <summary>Whether anything went wrong so far: a read error, a packet or frame that the decoder found damaged.</summary>
    public bool Damaged => _damaged;

    /// <summary>Decodes the next frame into the frame given.</summary>
    /// <returns>False after the last one.</returns>
    public bool Next()
    {
        do
        {
            if (!Receive()) return false;
        }
        while (!gate.Admits(frame));
        _damaged |= frame.IsDamaged;
        return true;
    }

    private bool Receive()
    {
        while (!decoder.Receive(frame, ref _damaged))
        {
            if (_drained) return false;
            deadline.Check();
            if (search is not { Enough: true } && ReadPacket())
            {
                _damaged |= packet.IsCorrupt;
                if (!decoder.Send(packet)) _damaged = true;
                continue;
            }

            _drained = true;
            decoder.Send(null);
        }

        return true;
    }

    private bool ReadPacket()
    {
        while (file.Read(packet, ref _damaged))
        {
            if (packet.StreamIndex == stream && (search is null || search.Admit(packet)) && gate.Admits(packet)) return true;
            if (search is { Missed: true }) return false;
            deadline.Check();
        }

        return false;
    }
}
