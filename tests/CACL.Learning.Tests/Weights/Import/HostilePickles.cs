namespace CACL.Learning.Tests.Weights.Import;

/// <summary>Makes pickles that contain what no weights need.</summary>
internal static class HostilePickles
{
    /// <summary>Returns a pickle.</summary>
    /// <param name="attack">Its name, one of <see cref="HostilePickleTests.Attacks"/>.</param>
    /// <param name="touched">A file that would be there if anything in the pickle were run.</param>
    public static byte[] Of(string attack, string touched)
    {
        var p = new Pickle();
        var touch = $"touch {touched}";
        return attack switch
        {
            "posix.system by REDUCE" => p.Global("posix", "system").Text(touch).Op(0x85).Op('R').Done(),
            "os.system by REDUCE" => p.Op('}').Text("state_dict").Global("os", "system").Text(touch).Op(0x85).Op('R').Op('s').Done(),
            "builtins.eval by STACK_GLOBAL" => p.StackGlobal("builtins", "eval").Text("1").Op(0x85).Op('R').Done(),
            "a dotted name by STACK_GLOBAL" => p.StackGlobal("torch._utils", "os.system").Text(touch).Op(0x85).Op('R').Done(),
            "a module with the dot elsewhere" => p.StackGlobal("torch", "_utils._rebuild_tensor_v2").Op(')').Op('R').Done(),
            "names that are no texts" => p.Op('N').Op('N').Op(0x93).Done(),
            "EXT1" => p.Op(0x82, 1).Done(),
            "EXT2" => p.Op(0x83, 1, 0).Done(),
            "EXT4" => p.Op(0x84, 1, 0, 0, 0).Done(),
            "NEWOBJ" => p.Global("collections", "OrderedDict").Op(')').Op(0x81).Done(),
            "INST" => p.Op('(').Op("ios\nsystem\n"u8.ToArray()).Done(),
            "OBJ" => p.Op('(').Global("collections", "OrderedDict").Op('o').Done(),
            "no opcode at all" => p.Op(0xFF).Done(),
            "REDUCE of a text" => p.Text("os.system").Op(')').Op('R').Done(),
            "REDUCE of a storage type" => p.Global("torch", "FloatStorage").Op(')').Op('R').Done(),
            "BUILD on a function" => p.Global("torch._utils", "_rebuild_tensor_v2").Op('}').Op('b').Done(),
            "BUILD with a tuple" => p.Op('}').Op(')').Op('b').Done(),
            "BUILD inside BUILD" =>
                p.Op('}').Op('}').Op('}').Text("x").Global("os", "system").Text(touch).Op(0x85).Op('R').Op('s').Op('b').Op('b').Done(),
            "a persistent id that is none" => p.Text("storage").Op('Q').Done(),
            "a memo that holds nothing" => p.Op((byte)'h', 9).Done(),
            "an empty stack" => p.Op(0x85).Done(),
            "a mark popped as a value" => p.Op('(').Op(0x85).Done(),
            "no mark" => p.Op('N').Op('t').Done(),
            "a protocol to come" => p.Op(0x80, 6).Done(),
            "a text of 4 GB" => p.Op((byte)'X', 0xFF, 0xFF, 0xFF, 0xFF).Done(),
            "a text of 16 EB" => p.Op(0x8d).Op([.. Enumerable.Repeat((byte)0xFF, 8)]).Done(),
            "a frame of 16 EB" => p.Op(0x95).Op([.. Enumerable.Repeat((byte)0xFF, 8)]).Done(),
            "a text beyond the end" => p.Op((byte)'X', 99, 0, 0, 0).Done(),
            "no end" => p.Op('N').Done()[..^1],
            "something after the end" => [.. p.Op('N').Done(), 0],
            "values left over" => p.Op('N').Op('N').Done(),
            "half a character" => p.Op(0x8c, 1, 0xC3).Done(),
            "a key without a value" => p.Op('}').Op('(').Op('N').Op('u').Done(),
            "OrderedDict with arguments" => p.Global("collections", "OrderedDict").Op('}').Op(0x85).Op('R').Done(),
            "a tensor beyond its storage" => p.Tensor("0", 2, 1, [2], [1]).Done(),
            "a tensor before its storage" => p.Tensor("0", 2, -1, [1], [1]).Done(),
            "a tensor of negative size" => p.Tensor("0", 2, 0, [-1], [1]).Done(),
            "a tensor larger than memory" => p.Tensor("0", 2, 0, [int.MaxValue, int.MaxValue, int.MaxValue], [0, 0, 0]).Done(),
            "a tensor of unequal sizes and strides" => p.Tensor("0", 2, 0, [1, 1], [1]).Done(),
            "a tensor of tensors" => p.Global("torch._utils", "_rebuild_tensor_v2").Tensor("0", 2, 0, [1], [1]).Op(0x85).Op('R').Done(),
            "a storage of negative size" => p.Storage("0", -1).Done(),
            _ => throw new ArgumentOutOfRangeException(nameof(attack), attack, "No such attack."),
        };
    }
}
