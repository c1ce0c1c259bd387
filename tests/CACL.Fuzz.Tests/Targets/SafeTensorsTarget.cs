using System.Buffers.Binary;
using System.Text;
using CACL.Learning.Weights;

namespace CACL.Fuzz.Tests.Targets;

/// <summary>Reads safetensors files: header and every tensor.</summary>
internal sealed class SafeTensorsTarget() : FileTarget(".safetensors")
{
    private static readonly string[] Headers =
    [
        """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"U8","shape":[],"data_offsets":[24,25]}}""",
        """{"__metadata__":{"format":"pt","heads":"global"},"x":{"dtype":"BF16","shape":[0,7],"data_offsets":[0,0]}}""",
        """{"é\u0061":{"shape":[1],"data_offsets":[0,8],"dtype":"F64"}}  """,
    ];

    public override IEnumerable<byte[]> Seeds => [Raw(Headers[0], 25), Raw(Headers[1], 0), Raw(Headers[2], 8)];

    public override IReadOnlyList<string> Words =>
    [
        "\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":{", "\"F32\"", "\"I64\"", "\"BOOL\"", "\"F8_E8M0\"", "[0,0]",
        "9223372036854775807", "9223372036854775808", "4611686018427387904", "-1", "1e0", "null", "\\ud800", "\\u0000", "{}", "[]", "},\"",
    ];

    /// <summary>Sets the header's length to where its last brace is.</summary>
    public override byte[] Mend(byte[] input)
    {
        var brace = input.Length > 8 ? input.AsSpan(8).LastIndexOf((byte)'}') : -1;
        if (brace >= 0) BinaryPrimitives.WriteInt64LittleEndian(input, brace + 1);
        return input;
    }

    protected override bool Read(string path)
    {
        try
        {
            using var file = SafeTensorsReader.Open(path);
            foreach (var entry in file.Entries) Assert.Equal(entry.ByteCount, file.ReadBytes(entry).Length);
            return true;
        }
        catch (SafeTensorsException)
        {
            return false;
        }
    }

    private static byte[] Raw(string header, int data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return file;
    }
}
