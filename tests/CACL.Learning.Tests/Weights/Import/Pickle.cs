using System.Buffers.Binary;
using System.Text;

namespace CACL.Learning.Tests.Weights.Import;

/// <summary>Writes pickles opcode by opcode, including hostile ones.</summary>
internal sealed class Pickle
{
    private readonly List<byte> _bytes = [0x80, 2];

    /// <summary>Returns the bytes so far, with STOP at the end.</summary>
    public byte[] Done() => [.. _bytes, (byte)'.'];

    public Pickle Op(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Pickle Op(char opcode) => Op((byte)opcode);

    public Pickle Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op('X').Op(Length(bytes.Length)).Op(bytes);
    }

    public Pickle Int(int value) => Op('J').Op(Length(value));

    public Pickle Global(string module, string name) => Op('c').Op(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public Pickle StackGlobal(string module, string name) => Text(module).Text(name).Op(0x93);

    /// <summary>Writes a storage with this number of elements.</summary>
    public Pickle Storage(string key, int count, string type = "FloatStorage") =>
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Int(count).Op('t').Op('Q');

    /// <summary>Writes a tensor on <see cref="Storage"/>.</summary>
    public Pickle Tensor(string key, int count, int offset, int[] shape, int[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(key, count).Int(offset).Op('(');
        foreach (var size in shape) Int(size);
        Op('t').Op('(');
        foreach (var stride in strides) Int(stride);
        return Op('t').Op(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    }

    private static byte[] Length(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
