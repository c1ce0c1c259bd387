namespace CACL.Testing;

/// <summary>Still images of every kind that may lie in a folder of images, and files that are named like images but are none.</summary>
internal static class StillImages
{
    // What ffmpeg's encoders cannot make, 48×32 pixels each, written by Pillow 9.
    private const string ProgressiveBytes =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV"
        + "pQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wgARCAAg"
        + "ADADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAwQG/8QAFgEBAQEAAAAAAAAAAAAAAAAAAgQG/9oADAMBAAIQAxAAAAHPKyEirI6hVk"
        + "dcassecBWV1ArK6v/EABYQAAMAAAAAAAAAAAAAAAAAAAABAv/aAAgBAQABBQJSKRSKRSKRSKRSKRSKRSKRSKRSKRSKRSKRSKT/xAAWEQADAAAA"
        + "AAAAAAAAAAAAAAAAAgP/2gAIAQMBAT8BSglBKCUEoJQ//8QAFREBAQAAAAAAAAAAAAAAAAAAAQD/2gAIAQIBAT8BGGGGGG//xAAUEAEAAAAAAA"
        + "AAAAAAAAAAAABA/9oACAEBAAY/Akf/xAAUEAEAAAAAAAAAAAAAAAAAAABA/9oACAEBAAE/IUAAAAAAAAf/2gAMAwEAAgADAAAAEJp5qq6//8QA"
        + "FBEBAAAAAAAAAAAAAAAAAAAAIP/aAAgBAwEBPxBAAf/EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQIBAT8QSqv/xAAVEAEBAAAAAAAAAAAAAA"
        + "AAAAAAYf/aAAgBAQABPxCCCCCCCCCCCCCCCCCCCCCCCCD/2Q==";

    private const string CmykBytes =
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUG"
        + "BKUVJP/8AAFAgAIAAwBEMRAE0RAFkRAEsRAP/EABgAAQEBAQEAAAAAAAAAAAAAAAAEBQcG/8QAGRABAAIDAAAAAAAAAAAAAAAAAAMEFEFh/9oA"
        + "DgRDAE0AWQBLAAA/AOd1dOf4XHO4Y3TmzV0YXF8MY2KujC4vhjGzV0YXF0MY2KujC4vhjGzV0YXF8MY4JV09Hhcc/hjGzV0YXF8MY2KujC4uhj"
        + "GzV0YXF8MY2KujC4vhjGzV0YXF8MY4JV09Fhcc/hjGzV0YXF0MY2KujC4vhjGzV0YXF8MY2KujC4vhjGzV0YXF8MY4JV09Hhcc/hjGzV0YXF0M"
        + "Y2KujC4vhjGzV0YXF8MY2KujC4vhjGzV0YXF0MY//9k=";

    private const string GreyBytes =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV"
        + "pQYEpRUk//wAALCAAgADABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABAUH/8QAFxAAAwEAAAAAAAAAAAAAAAAAAAMEYf/aAAgBAQAAPwDPlz4J"
        + "XPglc+CVz4JXPglc+Edc+CVz4JXPglc+CVz4JXPhHXPglc+CVz4JXPglc+CVz4SFz4JXPglc+CVz4JXPglc+H//Z";

    /// <summary>The files and how to make them.</summary>
    public static IReadOnlyList<MadeVideo> All { get; } = [.. Jpegs(), .. Pngs(), .. Others(), .. Damaged()];

    private static IEnumerable<MadeVideo> Jpegs() =>
    [
        Jpeg("photo.JPEG", "4:2:0, an extension in capitals", "yuvj420p"),
        Jpeg("odd.jpg", "4:2:0, odd width and height", "yuvj420p", 159, 119),
        Jpeg("jpeg_422.jpeg", "4:2:2", "yuvj422p"),
        Jpeg("jpeg_444.jpg", "4:4:4", "yuvj444p"),
        Jpeg("pixel.jpg", "a single pixel", "yuvj444p", 1, 1),
        .. Enumerable.Range(1, 8).Select(tag => Changed($"turned_{tag}.jpg", $"EXIF orientation {tag}", "odd.jpg",
            bytes => ExifJpeg.Tagged(bytes, tag))),
        Bytes("progressive.jpg", "progressive", ProgressiveBytes),
        Bytes("cmyk.jpg", "CMYK", CmykBytes),
        Bytes("grey.jpg", "greyscale", GreyBytes),
        Changed("long_notes.jpg", "40,000 bytes of notes before the size", "photo.JPEG",
            bytes => [.. bytes[..2], 0xff, 0xfe, 40_002 >> 8, 40_002 & 255, .. new byte[40_000], .. bytes[2..]]),
        Changed("trailing.jpg", "other bytes behind the image", "photo.JPEG", bytes => [.. bytes, .. new byte[3000]]),
        Changed("no_end.jpg", "without the mark of its end, but whole", "photo.JPEG", bytes => bytes[..^2]),
        Changed("two.jpg", "another image behind the image", "photo.JPEG",
            bytes => [.. bytes, .. File.ReadAllBytes(MadeVideos.Path("jpeg_444.jpg"))]),
        Changed("png_by_another_name.JPEG", "a PNG under a JPEG's name", "rgb.png", bytes => bytes),
    ];

    private static IEnumerable<MadeVideo> Pngs() =>
    [
        Png("rgb.png", "8 bits a colour", "rgb24"),
        Png("grey.png", "greyscale", "gray"),
        Png("grey_16.png", "greyscale of 16 bits", "gray16be"),
        Png("rgb_16.png", "16 bits a colour", "rgb48be"),
        Png("alpha.PNG", "transparency", "rgba"),
        Png("alpha_16.png", "transparency, 16 bits", "rgba64be"),
        Png("grey_alpha.png", "greyscale with transparency", "ya8"),
        Png("palette.png", "a palette", "pal8"),
        Image("bits.png", "black and white", "png", "color=black:size=160x120,drawbox=x=40:w=80:y=30:h=50:color=white:t=fill",
            "-pix_fmt", "monob"),
        Png("interlaced.png", "interlaced", "rgb24", "-flags", "+ildct"),
        Changed("jpeg_by_another_name.png", "a JPEG under a PNG's name", "photo.JPEG", bytes => bytes),
    ];

    private static IEnumerable<MadeVideo> Others() =>
    [
        Image("bitmap.bmp", "BMP", "bmp", "mandelbrot=size=160x120", "-pix_fmt", "bgr24"),
        Image("lossy.webp", "WebP", "libwebp", "mandelbrot=size=160x120", "-pix_fmt", "yuv420p"),
    ];

    private static IEnumerable<MadeVideo> Damaged() =>
    [
        None("cut.jpg", "a JPEG cut at 60 %", "photo.JPEG", bytes => bytes[..(bytes.Length * 6 / 10)]),
        None("cut_in_header.jpg", "a JPEG cut in its header", "photo.JPEG", bytes => bytes[..100]),
        None("cut_but_two.jpg", "a JPEG cut at 60 %, another image behind it", "photo.JPEG",
            bytes => [.. bytes[..(bytes.Length * 6 / 10)], .. File.ReadAllBytes(MadeVideos.Path("jpeg_444.jpg")), 0]),
        None("cut.png", "a PNG cut at 60 %", "rgb.png", bytes => bytes[..(bytes.Length * 6 / 10)]),
        None("no_image.jpg", "a web page that says that there is no image", "photo.JPEG", _ => [.. "<html>404</html>"u8]),
        None("nothing.jpg", "no bytes", "photo.JPEG", _ => []),
        None("huge.jpg", "a header that promises 40,000 × 40,000 pixels", "photo.JPEG", Enlarged),
    ];

    private static MadeVideo Jpeg(string name, string what, string pixels, int width = 160, int height = 120) =>
        Image(name, what, "mjpeg", $"mandelbrot=size=160x120,crop={width}:{height}:exact=1", "-q:v", "3", "-pix_fmt", pixels);

    private static MadeVideo Png(string name, string what, string pixels, params string[] options) =>
        Image(name, what, "png", "mandelbrot=size=160x120", ["-pix_fmt", pixels, .. options]);

    private static MadeVideo Image(string name, string what, string encoder, string source, params string[] options) =>
        new(name, what, path => FfmpegCommand.Run(
            ["-f", "lavfi", "-i", source, "-frames:v", "1", "-f", "image2pipe", "-c:v", encoder, .. options, path]))
        {
            Encoders = [encoder],
            IsStill = true,
        };

    private static MadeVideo Bytes(string name, string what, string base64) =>
        new(name, what, path => File.WriteAllBytes(path, Convert.FromBase64String(base64))) { Encoders = [], IsStill = true };

    private static MadeVideo Changed(string name, string what, string from, Func<byte[], byte[]> change) =>
        new(name, what, path => File.WriteAllBytes(path, change(File.ReadAllBytes(MadeVideos.Path(from)))))
        {
            Encoders = ["mjpeg", "png"],
            IsStill = true,
        };

    private static MadeVideo None(string name, string what, string from, Func<byte[], byte[]> change) =>
        Changed(name, what, from, change) with { IsVideo = false };

    // The frame header's marker is followed by its length, the bits a sample, the height and the width.
    private static byte[] Enlarged(byte[] jpeg)
    {
        var size = jpeg.AsSpan(jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]) + 5, 4);
        ((ReadOnlySpan<byte>)[0x9c, 0x40, 0x9c, 0x40]).CopyTo(size);
        return jpeg;
    }
}
