using System.Buffers.Binary;
using System.Text;

namespace CACL.Testing;

/// <summary>
/// Files under videos' names that name other files or the network, in every way that ffmpeg's demuxers and protocols know. Beside them lie
/// neighbours, which nothing but such a file names.
/// </summary>
internal static class HostileVideos
{
    /// <summary>How the names of the neighbours begin.</summary>
    public const string Neighbour = "neighbour";

    /// <summary>Writes them.</summary>
    /// <param name="folder">The folder for them.</param>
    /// <param name="outside">A folder that they name.</param>
    /// <param name="clip">A sound H.264 in mp4, its index behind its frames.</param>
    /// <returns>Their paths.</returns>
    public static IReadOnlyList<string> Write(string folder, string outside, byte[] clip)
    {
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(outside);
        var secret = Path.Combine(outside, "secret.mp4");
        foreach (var name in new[] { secret, Path.Combine(folder, $"{Neighbour}.mp4"), Path.Combine(folder, $"{Neighbour}.ts") })
            File.WriteAllBytes(name, clip);
        const string Url = "http://127.0.0.1:9/x";
        var paths = new List<string>();
        string[] targets =
        [
            secret, "file://" + secret, $"{Neighbour}.mp4", Url + ".ts", "tcp://127.0.0.1:9", $"subfile,,start,0,end,9999,,:{secret}",
            $"concat:{secret}|{Neighbour}.ts", $"cache:{secret}", $"async:{secret}", $"crypto:{secret}",
            $"data:video/mp4;base64,{Convert.ToBase64String(clip[..64])}",
        ];
        for (var i = 0; i < targets.Length; i++)
        {
            var target = targets[i];
            Text($"playlist-{i}.mp4", $"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{target}\n#EXT-X-ENDLIST\n");
            Text($"script-{i}.mkv", $"ffconcat version 1.0\nfile '{target}'\n");
            if (i is not (0 or 3)) continue;
            Text($"graph-{i}.avi", $"movie={target}");
            Text($"reference-{i}.asf", $"[Reference]\r\nRef1={target}\r\n");
        }

        Text("key.mp4", $"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXT-X-KEY:METHOD=AES-128,URI=\"{secret}\"\n"
            + $"#EXT-X-MAP:URI=\"{secret}\"\n"
            + $"#EXTINF:3,\n{Neighbour}.ts\n#EXT-X-ENDLIST\n");
        Text("master.ts", $"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{Url}.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\n{secret}\n");
        Text("dash.mp4", $"""
            <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S"
            profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4">
            <Representation id="1" bandwidth="1"><BaseURL>{Url}.mp4</BaseURL>
            <SegmentList><Initialization sourceURL="{secret}"/><SegmentURL media="{Neighbour}.mp4"/></SegmentList>
            </Representation></AdaptationSet></Period></MPD>
            """);
        Text("session.mp4", "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            + "m=video 9998 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n");
        Text("composition.mxf", "<?xml version=\"1.0\"?><CompositionPlaylist xmlns=\"http://www.smpte-ra.org/schemas/2067-3/2016\">"
            + $"<Id>urn:uuid:0</Id><Path>{secret}</Path></CompositionPlaylist>");
        Text("smooth.mp4", "<?xml version=\"1.0\"?><SmoothStreamingMedia MajorVersion=\"2\">"
            + $"<StreamIndex Type=\"video\" Url=\"{Url}\"/></SmoothStreamingMedia>");
        Text("real.ts", $"rtsp://127.0.0.1:9/x\n{secret}\n");
        Text("rtsp.mov", "RTSPtextrtsp://127.0.0.1:9/x\r\n");
        Text("menu.wmv", $"<ASX version=\"3.0\"><Entry><Ref href=\"{Url}\"/></Entry></ASX>");
        Text("picture.png", "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
            + $"<image xlink:href=\"file://{secret}\"/></svg>");
        Text("magick.jpg", $"push graphic-context\nimage over 0,0 0,0 '{Url}'\npop graphic-context\n");
        Text("frameserver.avi", $"AVISource(\"{secret}\")\n");
        Bytes("data-reference.mov", WithDataReference(clip, secret));
        Bytes("cover.mp4", [.. Tag(secret), .. clip]);
        Bytes("cover-url.mkv", [.. Tag(Url + ".jpg"), .. clip]);
        // Sound videos whose names say something else to ffmpeg.
        foreach (var name in new[]
                 {
                     $"subfile,,start,0,end,9999,,:{Neighbour}.mp4", $"concat:{Neighbour}.ts|{Neighbour}.ts.mp4", "http:127.0.0.1:9.mp4",
                     $"cache:{Neighbour}.mp4", "tcp:127.0.0.1:9.mp4", "pipe:0.mp4", "-i.mp4", "data:video,x.mp4", $"file:{Neighbour}.mp4",
                     $"movie={Neighbour}.mp4", $"{Neighbour[0]}*.mp4",
                 })
            Bytes(name, clip);
        foreach (var name in new[] { $"{Neighbour}1.jpg", $"{Neighbour}2.jpg" })
            File.WriteAllBytes(Path.Combine(folder, name), [0xff, 0xd8, 0xff]);
        Bytes($"{Neighbour[..^1]}%d.jpg", [0xff, 0xd8, 0xff, 0xe0, 0]); // a pattern
        return paths;

        void Text(string name, string text) => Bytes(name, Encoding.UTF8.GetBytes(text));

        void Bytes(string name, byte[] bytes)
        {
            paths.Add(Path.Combine(folder, name));
            File.WriteAllBytes(paths[^1], bytes);
        }
    }

    /// <summary>
    /// Returns what a program did outside of the given files, by what strace recorded of it: opened a neighbour or anything in the folder
    /// outside, or talked to the network.
    /// </summary>
    /// <param name="log">What strace wrote, with open, openat, openat2, socket, connect.</param>
    /// <param name="outside">The folder that the files name.</param>
    public static IReadOnlyList<string> Trespasses(string log, string outside) =>
    [
        .. File.ReadLines(log).Where(line =>
            line.Contains("AF_INET", StringComparison.Ordinal)
            || (line.Contains("open", StringComparison.Ordinal)
                && (line.Contains(outside, StringComparison.Ordinal) || line.Contains($"/{Neighbour}", StringComparison.Ordinal)
                    || line.Contains($"\"{Neighbour}", StringComparison.Ordinal)))),
    ];

    // The one data reference of the track ("the same file") becomes an alias record that names another. The index is last, so that no
    // offset changes but the sizes of the boxes around it.
    private static byte[] WithDataReference(byte[] clip, string target)
    {
        var at = clip.AsSpan().IndexOf("url \0\0\0\u0001"u8) - 4;
        var path = Encoding.UTF8.GetBytes(target);
        var padded = path.Length + (path.Length & 1);
        var alias = new byte[8 + 4 + 150 + 4 + padded + 4];
        BinaryPrimitives.WriteInt32BigEndian(alias, alias.Length);
        "alis"u8.CopyTo(alias.AsSpan(4));
        alias[12 + 10] = 6;
        BinaryPrimitives.WriteInt16BigEndian(alias.AsSpan(162), 18); // the absolute path
        BinaryPrimitives.WriteInt16BigEndian(alias.AsSpan(164), (short)path.Length);
        path.CopyTo(alias, 166);
        alias[^4] = alias[^3] = 0xff;
        var grown = alias.Length - 12;
        byte[] result = [.. clip[..at], .. alias, .. clip[(at + 12)..]];
        foreach (var name in new[] { "dref", "dinf", "minf", "mdia", "trak", "moov" })
        {
            var box = result.AsSpan(0, at).LastIndexOf(Encoding.ASCII.GetBytes(name)) - 4;
            BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(box), BinaryPrimitives.ReadInt32BigEndian(result.AsSpan(box)) + grown);
        }

        return result;
    }

    /// <summary>An ID3v2 tag whose picture is a link.</summary>
    private static byte[] Tag(string link)
    {
        byte[] body = [0, .. "-->"u8, 0, 3, 0, .. Encoding.ASCII.GetBytes(link)];
        byte[] frame = [.. "APIC"u8, 0, 0, (byte)(body.Length >> 8), (byte)body.Length, 0, 0, .. body];
        return [.. "ID3"u8, 3, 0, 0, 0, 0, (byte)(frame.Length >> 7), (byte)(frame.Length & 0x7f), .. frame];
    }
}
