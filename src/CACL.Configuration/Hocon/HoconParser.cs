using K = CACL.Configuration.Hocon.HoconTokenKind;

namespace CACL.Configuration.Hocon;

/// <summary>Returns the fields of an included file.</summary>
/// <param name="file">The file, as the include names it.</param>
/// <param name="prefix">The key of the object that includes it.</param>
/// <param name="origin">The place of the include.</param>
internal delegate ObjectNode IncludeReader(string file, IReadOnlyList<string> prefix, HoconOrigin origin);

/// <summary>Parses tokens into a tree of assignments. It is recursive, and therefore limits nesting.</summary>
internal sealed class HoconParser
{
    private static readonly string[] IncludeForms = ["", "file(", "required(", "required(file("];

    private readonly HoconCursor _cursor;
    private readonly IReadOnlyList<string> _prefix;
    private readonly IncludeReader _include;

    private HoconParser(IReadOnlyList<HoconToken> tokens, IReadOnlyList<string> prefix, IncludeReader include)
    {
        _cursor = new HoconCursor(tokens);
        _prefix = prefix;
        _include = include;
    }

    private HoconToken Current => _cursor.Current;

    /// <summary>Parses a file: an object whose outer braces may be omitted.</summary>
    /// <param name="source">Name for error messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="prefix">The key under which it is included; empty for the root.</param>
    /// <param name="include">Reads included files.</param>
    /// <exception cref="HoconException">The text is not HOCON.</exception>
    public static ObjectNode ParseFile(string source, string text, IReadOnlyList<string> prefix, IncludeReader include) =>
        new HoconParser(HoconTokenizer.Tokenize(source, text), prefix, include).Root();

    /// <summary>
    /// Parses a single value from a command line or an environment variable. <c>#</c> and <c>//</c> do not start comments there.
    /// </summary>
    /// <exception cref="HoconException">The text is not one HOCON value.</exception>
    public static HoconNode ParseValue(string source, string text)
    {
        var parser = new HoconParser(HoconTokenizer.Tokenize(source, text, isFile: false), [], NoInclude);
        parser._cursor.SkipBlank();
        var value = parser.Value([], 0);
        parser._cursor.SkipBlank();
        if (parser.Current.Kind != K.End) throw parser._cursor.Unexpected("after the value");
        return value;
    }

    private static ObjectNode NoInclude(string file, IReadOnlyList<string> prefix, HoconOrigin origin) =>
        throw new HoconException(origin, "include works in files only.");

    private ObjectNode Root()
    {
        _cursor.SkipBlank();
        if (Current.Kind == K.OpenArray) throw new HoconException(Current.Origin, "a configuration is an object of keys, not an array.");
        if (Current.Kind != K.OpenObject)
        {
            var open = new ObjectNode(Current.Origin);
            Fields(open, _prefix, K.End, _prefix.Count);
            return open;
        }

        var closed = Object(_prefix, _prefix.Count);
        _cursor.SkipBlank();
        if (Current.Kind != K.End) throw _cursor.Unexpected("after the closing '}' of the file");
        return closed;
    }

    private ObjectNode Object(IReadOnlyList<string>? path, int depth)
    {
        var node = new ObjectNode(Current.Origin);
        CheckDepth(depth);
        _cursor.Advance();
        Fields(node, path, K.CloseObject, depth);
        _cursor.Advance();
        return node;
    }

    private void Fields(ObjectNode target, IReadOnlyList<string>? path, K close, int depth)
    {
        _cursor.SkipBlank();
        while (Current.Kind != close)
        {
            if (Current.Kind == K.End) throw NotClosed(target.Origin, '}');
            Field(target, path, depth);
            _cursor.SkipSpaces();
            if (Current.Kind == close) break;
            _cursor.Separate("fields");
        }
    }

    private void Field(ObjectNode target, IReadOnlyList<string>? path, int depth)
    {
        if (StartsInclude())
        {
            Include(target, path);
            return;
        }

        var origin = Current.Origin;
        var key = KeyPath(origin);
        // Nothing inside an array has a path, so nothing there can be referred to from elsewhere.
        var whole = path is null ? null : (IReadOnlyList<string>)[.. path, .. key];
        _cursor.SkipSpaces();
        var kind = Current.Kind;
        if (kind is K.Separator or K.Append)
        {
            _cursor.Advance();
            SkipToValue(key);
        }
        else if (kind != K.OpenObject)
        {
            throw _cursor.Unexpected($"after the key {HoconPath.Render(key)}; a value follows '=' or ':'");
        }

        var value = Value(whole, depth + key.Count);
        target.Assign(key, kind == K.Append ? Appended(whole, value, origin) : value);
    }

    // `a += v` is defined as `a = ${?a} [v]`.
    private static ConcatenationNode Appended(IReadOnlyList<string>? path, HoconNode value, HoconOrigin origin)
    {
        if (path is null) throw new HoconException(origin, "'+=' does not work inside an array; write the whole value with '='.");
        return new ConcatenationNode([new SubstitutionNode(path, optional: true, [], origin), new ArrayNode([value], value.Origin)]);
    }

    private IReadOnlyList<string> KeyPath(HoconOrigin origin)
    {
        var parts = new List<HoconToken>();
        for (; Current.Kind is K.Quoted or K.Unquoted; _cursor.Advance()) parts.Add(Current);
        if (parts.Count == 0) throw _cursor.Unexpected("where a key is expected");
        return HoconPath.Join(parts, origin);
    }

    private HoconNode Value(IReadOnlyList<string>? path, int depth)
    {
        CheckDepth(depth);
        var parts = new List<HoconNode>();
        for (var part = Part(path, depth); part is not null; part = Part(path, depth)) parts.Add(part);
        if (parts.Count > 0 && parts[^1] is LiteralNode { IsSpace: true }) parts.RemoveAt(parts.Count - 1);
        if (Current.Kind is K.Separator or K.Append)
        {
            throw _cursor.Unexpected(
                "inside a value; put the text in double quotes, or end the field before it with a comma or a new line");
        }

        return parts.Count switch
        {
            0 => throw _cursor.Unexpected("where a value is expected"),
            1 => parts[0],
            _ => new ConcatenationNode(parts),
        };
    }

    private HoconNode? Part(IReadOnlyList<string>? path, int depth)
    {
        var token = Current;
        switch (token.Kind)
        {
            case K.OpenObject:
                return Object(path, depth + 1);
            case K.OpenArray:
                return Array(depth + 1);
            case K.Quoted:
            case K.Unquoted:
            case K.Space:
                _cursor.Advance();
                var isNull = token is { Kind: K.Unquoted, Text: "null" };
                return new LiteralNode(new HoconScalar(token.Text, isNull, token.Origin), isSpace: token.Kind == K.Space);
            case K.Substitution:
            case K.OptionalSubstitution:
                _cursor.Advance();
                return new SubstitutionNode(
                    HoconPath.Parse(token.Text, token.Origin), token.Kind == K.OptionalSubstitution, _prefix, token.Origin);
            default:
                return null;
        }
    }

    private ArrayNode Array(int depth)
    {
        CheckDepth(depth);
        var origin = Current.Origin;
        var items = new List<HoconNode>();
        _cursor.Advance();
        _cursor.SkipBlank();
        while (Current.Kind != K.CloseArray)
        {
            if (Current.Kind == K.End) throw NotClosed(origin, ']');
            items.Add(Value(null, depth));
            _cursor.SkipSpaces();
            if (Current.Kind == K.CloseArray) break;
            _cursor.Separate("elements");
        }

        _cursor.Advance();
        return new ArrayNode(items, origin);
    }

    private static HoconException NotClosed(HoconOrigin opened, char closer) =>
        new(opened, $"what is opened here has no closing '{closer}'.");

    private bool StartsInclude() =>
        Current is { Kind: K.Unquoted, Text: "include" } && _cursor.Ahead(1).Kind == K.Space
        && _cursor.Ahead(2).Kind is K.Quoted or K.Unquoted;

    private void Include(ObjectNode target, IReadOnlyList<string>? path)
    {
        var origin = Current.Origin;
        _cursor.Advance(2);
        var form = Current.Kind == K.Unquoted ? Current.Text : "";
        if (Current.Kind == K.Unquoted) _cursor.Advance();
        var closing = new string(')', form.Count(c => c == '('));
        var file = Current;
        if (!IncludeForms.Contains(form) || file.Kind != K.Quoted) throw IncludeForm(origin);
        _cursor.Advance();
        if (closing.Length > 0)
        {
            if (Current.Kind != K.Unquoted || Current.Text != closing) throw IncludeForm(origin);
            _cursor.Advance();
        }

        if (path is null) throw new HoconException(origin, "include does not work inside an array.");
        target.Include(_include(file.Text, path, origin));
    }

    private static HoconException IncludeForm(HoconOrigin origin) =>
        new(origin, "an include is written include \"file.conf\", include file(\"file.conf\") or include required(\"file.conf\").");

    private void SkipToValue(IReadOnlyList<string> key)
    {
        _cursor.SkipSpaces();
        if (Current.Kind != K.NewLine) return;
        var line = Current;
        _cursor.SkipBlank();
        // An unquoted word on the next line is far more often the next key than this key's value.
        if (Current.Kind is K.OpenObject or K.OpenArray or K.Quoted) return;
        throw new HoconException(line.Origin, $"the key {HoconPath.Render(key)} has no value; write \"\" for an empty text.");
    }

    private void CheckDepth(int depth)
    {
        if (depth > HoconLimits.Nesting) throw new HoconException(Current.Origin, $"nested deeper than {HoconLimits.Nesting} levels.");
    }
}
