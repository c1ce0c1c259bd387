namespace CACL.Data.Decoding.InProcess;

/// <summary>Decodes one stream of a file forwards, frame by frame, in presentation order. Owns nothing it is given.</summary>
internal sealed class FrameReader(MediaFile file, int stream, FrameDecoder decoder, MediaPacket packet, MediaFrame frame, Deadline deadline)
{
    private bool _damaged;
    private bool _drained;

    /// <summary>Whether anything went wrong so far: a read error, a packet or frame that the decoder found damaged.</summary>
    public bool Damaged => _damaged;

    /// <summary>Decides on each packet of the stream before it is decoded. False: it is left out.</summary>
    public Func<MediaPacket, bool>? Admit { get; init; }

    /// <summary>No more packets are needed: what was sent already holds all that is wanted.</summary>
    public bool Enough { get; set; }

    /// <summary>Decodes up to the next frame, which is then in the frame given.</summary>
    /// <returns>False after the last one.</returns>
    public bool Next()
    {
        while (!decoder.Receive(frame, ref _damaged))
        {
            if (_drained) return false;
            deadline.Check();
            if (!Enough && ReadPacket())
            {
                _damaged |= packet.IsCorrupt;
                if (!decoder.Send(packet)) _damaged = true;
                continue;
            }

            _drained = true;
            decoder.Send(null);
        }

        _damaged |= frame.IsDamaged;
        return true;
    }

    private bool ReadPacket()
    {
        while (file.Read(packet, ref _damaged))
        {
            if (packet.StreamIndex == stream && (Admit is null || Admit(packet))) return true;
            deadline.Check();
        }

        return false;
    }
}
