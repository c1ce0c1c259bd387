using System.Text;

namespace CACL.Configuration.Hocon;

/// <summary>
/// Builds a configuration from texts, files with their includes, and single overrides, each stronger than those before it, and resolves it.
/// An included file must exist, whichever form of include names it: a silently ignored one would train with other settings.
/// </summary>
public sealed class HoconLoader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Func<string, string?> _environment;
    private readonly Func<string, Stream> _files;
    private readonly List<ObjectNode> _documents = [];
    private readonly Stack<string> _open = new();
    private int _includes;

    /// <summary>Creates a loader that sees these environment variables.</summary>
    /// <param name="environment">Returns the value of a variable, or null.</param>
    /// <param name="files">Opens a file by its absolute path. Throws a <see cref="ConfigurationException"/> if the path does not lead to a
    /// readable file.</param>
    public HoconLoader(Func<string, string?> environment, Func<string, Stream> files)
    {
        _environment = environment;
        _files = files;
    }

    /// <summary>Adds a text that is not a file, such as an embedded resource; it cannot include files.</summary>
    /// <exception cref="HoconException">The text is not HOCON.</exception>
    public HoconLoader AddText(string source, string text)
    {
        _documents.Add(
            HoconParser.ParseFile(source, text, [], (_, _, origin) => throw new HoconException(origin, "include works in files only.")));
        return this;
    }

    /// <summary>Adds a file and what it includes.</summary>
    /// <exception cref="HoconException">The file or an included one is missing, unreadable or not HOCON.</exception>
    public HoconLoader AddFile(string path)
    {
        _documents.Add(Read(path, [], null));
        return this;
    }

    /// <summary>Adds one key, as from a command line. Its value is HOCON if the text is, otherwise the text itself.</summary>
    /// <param name="key">The key, such as <c>cacl.data.stride</c>.</param>
    /// <param name="text">The value.</param>
    /// <param name="source">Where it comes from, such as <c>--set cacl.data.stride=4</c>.</param>
    /// <exception cref="HoconException">The key is invalid, or the text begins like an array, object, quoted text or substitution and is
    /// invalid.</exception>
    public HoconLoader AddOverride(string key, string text, string source)
    {
        var origin = HoconOrigin.Of(source);
        var document = new ObjectNode(origin);
        document.Assign(HoconPath.Parse(key.Trim(), origin), OverrideValue(text.Trim(), origin));
        _documents.Add(document);
        return this;
    }

    /// <summary>
    /// Adds one key whose value must not be repeated in any message: unless the text is in double quotes, it is the value as it is.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="text">The value.</param>
    /// <param name="source">Where it comes from, without the value.</param>
    public HoconLoader AddSecret(string key, string text, string source)
    {
        var origin = HoconOrigin.Of(source);
        var document = new ObjectNode(origin);
        document.Assign(HoconPath.Parse(key.Trim(), origin), SecretValue(text.Trim(), origin));
        _documents.Add(document);
        return this;
    }

    /// <summary>Returns whether anything added so far assigns a key of the root, whatever its value.</summary>
    public bool Assigns(string key) => _documents.Any(document => document.Find(key) is not null);

    /// <summary>Returns the merged and resolved configuration.</summary>
    /// <exception cref="HoconException">A substitution cannot be resolved.</exception>
    public HoconObject Resolve() => HoconResolver.Resolve(_documents, _environment);

    private static HoconNode SecretValue(string text, HoconOrigin origin)
    {
        var literal = new LiteralNode(new HoconScalar(text, false, origin));
        if (text is not ['"', .., '"']) return literal;
        try
        {
            return HoconParser.ParseValue(origin.Source, text);
        }
        catch (HoconException)
        {
            return literal;
        }
    }

    private static HoconNode OverrideValue(string text, HoconOrigin origin)
    {
        var isHocon = text.Length > 0 && (text[0] is '[' or '{' or '"' || text.Contains("${", StringComparison.Ordinal));
        // Quotes inside a text would be lost.
        if (!isHocon && (text.Length == 0 || text.Contains('"', StringComparison.Ordinal))) return Text();
        try
        {
            return HoconParser.ParseValue(origin.Source, text);
        }
        catch (HoconException) when (!isHocon)
        {
            // It is a path with a colon or a #, or a list without brackets: the user of the shell meant the text itself.
            return Text();
        }

        LiteralNode Text() => new(new HoconScalar(text, false, origin));
    }

    private ObjectNode Read(string path, IReadOnlyList<string> prefix, HoconOrigin? includedAt)
    {
        var origin = includedAt ?? HoconOrigin.Of(path);
        var full = Path.GetFullPath(path);
        if (_open.Contains(full))
        {
            var chain = string.Join(" → ", _open.Reverse().SkipWhile(p => p != full).Append(full).Select(p => Path.GetFileName(p)));
            throw new HoconException(origin, $"files include each other in a cycle: {chain}. Remove one of these includes.");
        }

        if (++_includes > HoconLimits.Includes) throw new HoconException(origin, $"more than {HoconLimits.Includes} files are included.");
        var text = Text(path, full, origin);
        _open.Push(full);
        var node = HoconParser.ParseFile(path, text, prefix, (file, at, place) => Read(Beside(path, file), at, place));
        _open.Pop();
        return node;
    }

    private static string Beside(string including, string included) => Path.Combine(Path.GetDirectoryName(including) ?? "", included);

    private string Text(string path, string full, HoconOrigin origin)
    {
        if (!File.Exists(full) && !Directory.Exists(full))
            throw new HoconException(origin, $"there is no configuration file {full}. Check its name; presets are in the folder hocon.");
        try
        {
            return Decode(path, full, origin);
        }
        catch (ConfigurationException e) when (e is not HoconException)
        {
            throw new HoconException(origin, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(origin, $"the configuration file {full} cannot be read: {e.Message}");
        }
    }

    private string Decode(string path, string full, HoconOrigin origin)
    {
        // Read up to the limit, not by the file's length: the kernel's own files (/proc) report a length of 0.
        using var stream = _files(full);
        var bytes = new byte[HoconLimits.FileBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > HoconLimits.FileBytes)
        {
            throw new HoconException(origin, $"{path} is larger than {HoconLimits.FileBytes >> 20} MiB; that is not a configuration file.");
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException e)
        {
            throw new HoconException(origin, $"{path} is not UTF-8 text (byte {e.Index}); is it a configuration file?");
        }
    }
}
