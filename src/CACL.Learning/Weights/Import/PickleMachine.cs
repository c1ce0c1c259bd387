namespace CACL.Learning.Weights.Import;

/// <summary>
/// Executes the pickles that torch.save writes, and nothing else: a Python pickle is a program that may call anything; this machine knows
/// the opcodes of <see cref="PickleOpcode"/> and the names of <see cref="TorchGlobals"/>, and has no way to run anything else. It is one
/// loop with its own stack and no recursion, bounded by <see cref="PickleLimits"/>.
/// </summary>
internal sealed class PickleMachine
{
    private const int HighestProtocol = 5;

    private static readonly object MarkObject = new();

    private readonly PickleCursor _cursor;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _start;

    private PickleMachine(PickleCursor cursor) => _cursor = cursor;

    /// <summary>Reads one pickle and leaves the cursor after it.</summary>
    /// <exception cref="TorchFileException">The pickle contains an opcode or a name that no file of weights needs, is damaged, or exceeds a
    /// limit.</exception>
    public static object? Load(PickleCursor cursor) => new PickleMachine(cursor).Run();

    private object? Run()
    {
        for (var count = 0; count < PickleLimits.Opcodes; count++)
        {
            _start = _cursor.At;
            var opcode = _cursor.Byte();
            if (count == 0 && opcode != (byte)PickleOpcode.Proto) throw Fault("does not begin as a pickle of protocol 2 or later does");
            if (opcode == (byte)PickleOpcode.Stop) return Result();
            Step((PickleOpcode)opcode);
        }

        throw Fault($"more than {PickleLimits.Opcodes} opcodes, hundreds of times what weights need");
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto: CheckProtocol(_cursor.Byte()); break;
            case PickleOpcode.Frame: CheckFrame(_cursor.UInt64()); break;

            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push(_cursor.Int32()); break;
            case PickleOpcode.BinInt1: Push((long)_cursor.Byte()); break;
            case PickleOpcode.BinInt2: Push(_cursor.UInt16()); break;
            case PickleOpcode.Long1: Push(_cursor.Integer(_cursor.Byte())); break;
            case PickleOpcode.Long4: Push(_cursor.Integer(_cursor.UInt32())); break;
            case PickleOpcode.BinFloat: Push(_cursor.Float()); break;

            case PickleOpcode.BinUnicode: Push(_cursor.Utf8(_cursor.UInt32())); break;
            case PickleOpcode.ShortBinUnicode: Push(_cursor.Utf8(_cursor.Byte())); break;
            case PickleOpcode.BinUnicode8: Push(_cursor.Utf8(_cursor.UInt64())); break;
            case PickleOpcode.BinString: Push(_cursor.Latin1(_cursor.UInt32())); break;
            case PickleOpcode.ShortBinString: Push(_cursor.Latin1(_cursor.Byte())); break;
            case PickleOpcode.BinBytes: Push(_cursor.Bytes(_cursor.UInt32())); break;
            case PickleOpcode.ShortBinBytes: Push(_cursor.Bytes(_cursor.Byte())); break;
            case PickleOpcode.BinBytes8: Push(_cursor.Bytes(_cursor.UInt64())); break;
            case PickleOpcode.ByteArray8: Push(_cursor.Bytes(_cursor.UInt64())); break;

            case PickleOpcode.Mark: Push(MarkObject); break;
            case PickleOpcode.Pop: PopAny(); break;
            case PickleOpcode.PopMark: PopToMark(); break;
            case PickleOpcode.EmptyTuple: Push(new PickleTuple([])); break;
            case PickleOpcode.Tuple1: Push(new PickleTuple(Pop(1))); break;
            case PickleOpcode.Tuple2: Push(new PickleTuple(Pop(2))); break;
            case PickleOpcode.Tuple3: Push(new PickleTuple(Pop(3))); break;
            case PickleOpcode.Tuple: Push(new PickleTuple(PopToMark())); break;
            case PickleOpcode.EmptyList: Push(new PickleList()); break;
            case PickleOpcode.Append: Append(Pop(1)); break;
            case PickleOpcode.Appends: Append(PopToMark()); break;
            case PickleOpcode.EmptyDict: Push(new PickleDict()); break;
            case PickleOpcode.SetItem: SetItems(Pop(2)); break;
            case PickleOpcode.SetItems: SetItems(PopToMark()); break;
            case PickleOpcode.EmptySet: Push(PickleOpaque.Instance); break;
            case PickleOpcode.AddItems: PopToMark(); Require<PickleOpaque>(Peek(), "a set"); break;
            case PickleOpcode.FrozenSet: PopToMark(); Push(PickleOpaque.Instance); break;

            case PickleOpcode.BinPut: _memo[_cursor.Byte()] = Peek(); break;
            case PickleOpcode.LongBinPut: _memo[_cursor.UInt32()] = Peek(); break;
            case PickleOpcode.Memoize: _memo[(uint)_memo.Count] = Peek(); break;
            case PickleOpcode.BinGet: Push(Recall(_cursor.Byte())); break;
            case PickleOpcode.LongBinGet: Push(Recall(_cursor.UInt32())); break;

            case PickleOpcode.Global: PushGlobal(_cursor.Line(), _cursor.Line()); break;
            case PickleOpcode.StackGlobal: PushStackGlobal(Pop(2)); break;
            case PickleOpcode.Reduce: Reduce(Pop(2)); break;
            case PickleOpcode.Build: Build(Pop(1)[0]); break;
            case PickleOpcode.BinPersId: Push(Guarded(() => TorchGlobals.Storage(Pop(1)[0]))); break;

            default:
                throw Fault($"the opcode {RefusedOpcodes.NameOf((byte)opcode)} is not one that torch.save writes for weights. "
                    + $"{TorchGlobals.Remedy}");
        }
    }

    private void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > HighestProtocol) throw Fault($"protocol {protocol} of pickle; 2 to {HighestProtocol} are understood");
    }

    private void CheckFrame(ulong length)
    {
        if (length > (ulong)_cursor.Left) throw Fault($"a frame of {length} bytes where {_cursor.Left} are left");
    }

    private object? Result()
    {
        var result = Pop(1)[0];
        return _stack.Count == 0 ? result : throw Fault($"ends with {_stack.Count} values left over");
    }

    private void PushGlobal(string module, string name) =>
        Push(TorchGlobals.Find(module, name)
            ?? throw Fault($"names {SafeText.Of($"{module}.{name}")}, which is not on the list of what weights need; nothing was run. "
                + $"{TorchGlobals.Remedy}"));

    private void PushStackGlobal(object?[] names)
    {
        if (names is not [string module, string name]) throw Fault("STACK_GLOBAL without a module's and a thing's name");
        PushGlobal(module, name);
    }

    private void Reduce(object?[] call)
    {
        var global = Require<PickleGlobal>(call[0], "a name to call");
        var arguments = Require<PickleTuple>(call[1], "a tuple of arguments");
        if (global.Call is not { } function) throw Fault($"{global} is called, which weights never do. {TorchGlobals.Remedy}");
        Push(Guarded(() => function(arguments)));
    }

    /// <remarks>
    /// The only thing that PyTorch builds this way is a state dict's attribute _metadata (versions of modules), which is dropped.
    /// </remarks>
    private void Build(object? state)
    {
        Require<PickleDict>(Peek(), "a dict to give attributes to");
        Require<PickleDict>(state, "a dict of attributes");
    }

    private object? Guarded(Func<object?> make)
    {
        try
        {
            return make();
        }
        catch (FormatException e)
        {
            throw Fault(e.Message, e);
        }
    }

    private void Append(object?[] items) => Require<PickleList>(Peek(), "a list to append to").Items.AddRange(items);

    private void SetItems(object?[] items)
    {
        var dict = Require<PickleDict>(Peek(), "a dict to put entries into");
        if (items.Length % 2 != 0) throw Fault("a key without a value");
        for (var i = 0; i < items.Length; i += 2) dict.Set(items[i], items[i + 1]);
    }

    private object? Recall(uint index) =>
        _memo.TryGetValue(index, out var value) ? value : throw Fault($"the memo holds nothing under {index}");

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > 0 && _stack[^1] != MarkObject ? _stack[^1] : throw Fault("the stack is empty");

    private void PopAny()
    {
        if (_stack.Count == 0) throw Fault("the stack is empty");
        _stack.RemoveAt(_stack.Count - 1);
    }

    private object?[] Pop(int count)
    {
        if (_stack.Count < count) throw Fault("the stack is empty");
        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        if (items.Contains(MarkObject)) throw Fault("the stack is empty down to its mark");
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object?[] PopToMark()
    {
        var mark = _stack.LastIndexOf(MarkObject);
        if (mark < 0) throw Fault("the stack has no mark");
        var items = _stack.GetRange(mark + 1, _stack.Count - mark - 1).ToArray();
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private T Require<T>(object? value, string what)
        where T : class => value as T ?? throw Fault($"{what} is expected, not {TorchGlobals.KindOf(value)}. {TorchGlobals.Remedy}");

    private TorchFileException Fault(string what, Exception? inner = null) => _cursor.Fault(_start, what, inner);
}
