using System.Globalization;
using CACL.Data.Files;

namespace CACL.Data.DataSets;

/// <summary>
/// The file classes.txt of the folder layout. It has a class per line, <c>NAME</c> or <c>NAME RED GREEN BLUE</c>; the first line is class
/// 0. A line <c>ignore VALUE…</c> declares values, from the number of classes on, whose pixels are ignored; <c>ignore</c> alone declares
/// all of those. Lines that begin with # and empty lines at the end are ignored.
/// </summary>
internal sealed class ClassList
{
    private const string IgnoreWord = "ignore";
    private const int MostClasses = LabelMap.Ignored; // 255 itself marks ignored pixels
    private const long MostBytes = 1 << 20;

    private readonly string _path;
    private readonly List<ClassInfo> _classes = [];
    private readonly SortedSet<int> _ignored = [];

    private ClassList(string path) => _path = path;

    /// <summary>The classes in order.</summary>
    public IReadOnlyList<ClassInfo> Classes => _classes;

    /// <summary>Values whose pixels are ignored.</summary>
    public IReadOnlyCollection<int> Ignored => _ignored;

    /// <summary>Whether the pixels of every value from the number of classes on are ignored.</summary>
    public bool IgnoresRest { get; private set; }

    /// <summary>Who declares the ignored values, if not the file.</summary>
    public string? IgnoredBy { get; private set; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="DataSetException">The file cannot be read, or a line makes no sense; the message names it.</exception>
    public static ClassList Read(string path)
    {
        var list = new ClassList(path);
        var lines = Lines(path);
        for (var number = 1; number <= lines.Length; number++) list.Add(lines[number - 1].Trim(), number, isLast: number == lines.Length);
        if (list._classes.Count == 0)
            throw new DataSetException(path, $"{path} names no class. It needs one per line: NAME, or NAME RED GREEN BLUE.");
        foreach (var value in list._ignored)
        {
            if (value < list._classes.Count)
                throw new DataSetException(path, $"{path} declares the value {value} to be left out, but {value} is the class "
                    + $"{list._classes[value].Name}: only values from {list._classes.Count} on can be left out.");
        }

        if (!list.IgnoresRest && list._ignored.Count == 0 && KnownIgnoreValues.Of(list._classes) is { } known)
        {
            list._ignored.Add(known.Value);
            list.IgnoredBy = known.Source;
        }

        return list;
    }

    /// <summary>Returns what the numbers in labels mean.</summary>
    public LabelCodes Codes()
    {
        var count = _classes.Count;
        return new LabelCodes(
            value => value < count ? value : IgnoresRest || _ignored.Contains(value) ? LabelMap.Ignored : null,
            $"{_path} names {count} classes, 0 to {count - 1}{LeftOut()}. If such a value stands for pixels to leave out, declare it "
                + $"there by a line \"{IgnoreWord} VALUE\", or all by a line \"{IgnoreWord}\"."
            + " (Where the data set cannot be edited: a new folder with links to its images and labels and a classes.txt of your own is a "
            + "data set, too.)");
    }

    private string LeftOut() => _ignored.Count == 0 ? "" : $", and leaves out {string.Join(", ", _ignored)}";

    private void Add(string line, int number, bool isLast)
    {
        if (line.StartsWith('#') || (line.Length == 0 && isLast)) return;
        if (line.Length == 0) throw Fault(number, "is empty, and the line's place is the class's number. Take the line out");
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == IgnoreWord) AddIgnored(words.AsSpan(1), number);
        else AddClass(words, number);
    }

    private void AddIgnored(ReadOnlySpan<string> values, int number)
    {
        IgnoresRest |= values.IsEmpty;
        foreach (var word in values)
        {
            if (!ushort.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                throw Fault(number, $"holds {word} in place of a label value (0 to {ushort.MaxValue}). It should read: {IgnoreWord} "
                    + $"VALUE…, or {IgnoreWord} alone");
            _ignored.Add(value);
        }
    }

    private void AddClass(string[] words, int number)
    {
        if (_classes.Count == MostClasses) throw Fault(number, $"is one class too many: a label has at most {MostClasses}");
        var coloured = words.Length > 3 && words[^3..].All(IsNumber);
        var name = string.Join(' ', coloured ? words[..^3] : words);
        if (_classes.Exists(c => c.Name == name)) throw Fault(number, $"names the class {name} a second time");
        _classes.Add(coloured
            ? new ClassInfo(name, Part(words[^3], number), Part(words[^2], number), Part(words[^1], number))
            : StandardColours.ClassOf(name, _classes.Count + 1)); // 0 is black, which is reserved for ignored pixels
    }

    private byte Part(string word, int number) =>
        byte.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var part)
            ? part
            : throw Fault(number, $"gives a colour with {word} in it; each of the three is 0 to 255");

    private static bool IsNumber(string word) => word.All(char.IsAsciiDigit);

    private DataSetException Fault(int number, string what) => new(_path, $"{_path}, line {number}, {what}.");

    private static string[] Lines(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw new DataSetException(path, $"{path} is larger than a list of classes can be.");
            return RegularFile.ReadAllText(path).TrimEnd().Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException(path, $"{path} cannot be read: {e.Message}", e);
        }
    }
}
