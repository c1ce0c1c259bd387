using System.Globalization;
using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;
using CACL.Data.DataSets;
using CACL.Runs.Evaluations;

namespace CACL.Node.Settings;

/// <summary>Reads the list <c>cacl.evaluation.datasets</c>: texts <c>KIND:DIR</c>, or objects.</summary>
internal static class EvaluatedDataSets
{
    private const string Key = "cacl.evaluation.datasets";
    private const int Most = 32;

    private static readonly string[] Fields =
        ["name", "kind", "data", "train-split", "test-split", "protocol", "variant", "fraction", "every-steps", "every-epochs"];

    /// <summary>Reads and checks the list; whether the folders exist is checked when a training starts.</summary>
    public static IReadOnlyList<EvaluatedDataSet> Read(SettingsReader reader)
    {
        var dataSets = reader.Elements<EvaluatedDataSet>(Key, ReadElement, Render);
        foreach (var twice in dataSets.GroupBy(d => d.Name).Where(g => g.Count() > 1))
            reader.Report(Key, $"names {twice.Key} more than once; give each element a name of its own: {{name = {twice.Key}-2, kind = …, "
                + $"data = …}}.");
        if (dataSets.Count > Most) reader.Report(Key, $"has {dataSets.Count} elements; at most {Most} are allowed.");
        return dataSets;
    }

    private static EvaluatedDataSet? ReadElement(HoconValue value, Action<string> wrong) => value switch
    {
        HoconScalar { IsNull: false } text => FromText(text.Text.Trim(), wrong),
        HoconObject o => FromObject(o, wrong),
        _ => Refuse(wrong, "holds a list or null inside its list; elements are texts such as \"folder:/data/camvid\" or objects."),
    };

    private static EvaluatedDataSet? FromText(string text, Action<string> wrong)
    {
        var at = text.IndexOf(':', StringComparison.Ordinal);
        if (at <= 0 || at == text.Length - 1)
            return Refuse(wrong, $"holds '{text}'; expected is KIND:DIR, such as folder:/data/camvid, where KIND is one of {Kinds}.");
        return Make(null, text[..at], text[(at + 1)..], wrong);
    }

    private static EvaluatedDataSet? FromObject(HoconObject o, Action<string> wrong)
    {
        foreach (var (field, value) in o.Fields)
        {
            if (!Fields.Contains(field))
            {
                var near = EditDistance.Nearest(field, Fields) is { } name ? $" Did you mean {name}?" : "";
                return Refuse(wrong, $"holds an element with {field}; an element has {string.Join(", ", Fields)}.{near}");
            }

            if (value is not HoconScalar { IsNull: false }) return Refuse(wrong, $"holds an element whose {field} is not a single value.");
        }

        if (Text(o, "kind") is not { } kind || Text(o, "data") is not { } data)
            return Refuse(wrong, "holds an element without kind or data; both are needed: {kind = folder, data = /data/camvid}.");
        if (Make(Text(o, "name"), kind, data, wrong) is not { } made) return null;
        var (protocol, variant) = (Text(o, "protocol"), Text(o, "variant"));
        if (protocol is not null && !EvaluationProtocols.All.Contains(protocol))
            return Refuse(wrong, $"holds {made.Name} with the protocol '{protocol}'; allowed is one of "
                + $"{string.Join(", ", EvaluationProtocols.All)}.");
        if (variant is not (null or EvaluationProtocols.Full or EvaluationProtocols.Quick))
            return Refuse(wrong, $"holds {made.Name} with the variant '{variant}'; allowed is one of full, quick.");
        double? fraction = null;
        if (Text(o, "fraction") is { } share)
        {
            if (!double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number is not (> 0 and <= 1))
                return Refuse(wrong, $"holds {made.Name} with the fraction '{share}'; allowed is a number above 0, at most 1.");
            fraction = number;
        }

        if (Period(o, "every-steps", made.Name, wrong) is not { } steps || Period(o, "every-epochs", made.Name, wrong) is not { } epochs)
            return null;
        return made with
        {
            TrainSplit = Text(o, "train-split"),
            TestSplit = Text(o, "test-split"),
            Protocol = protocol,
            Variant = variant,
            Fraction = fraction,
            EverySteps = steps.Number,
            EveryEpochs = epochs.Number,
        };
    }

    // Null where it is no whole number; an absent one is a period without a number.
    private static (int? Number, bool IsRead)? Period(HoconObject o, string field, string name, Action<string> wrong)
    {
        if (Text(o, field) is not { } text) return (null, true);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return (number, true);
        Refuse(wrong, $"holds {name} with {field} = '{text}'; allowed is a whole number, 0 for none.");
        return null;
    }

    private static EvaluatedDataSet? Make(string? name, string kindWord, string folder, Action<string> wrong)
    {
        if (SegmentationDataSets.KindOf(kindWord) is not { } kind)
            return Refuse(wrong, $"holds the kind '{kindWord}'; allowed is one of {Kinds}.");
        var data = FilePaths.Absolute(folder);
        name ??= Path.GetFileName(data);
        if (name.Length is 0 or > 64 || name[0] is '.' or '-' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            return Refuse(wrong, $"calls a data set '{name}'; a name has 1 to 64 letters, digits, dots, underscores and dashes. Name it: "
                + $"{{name = mine, kind = {kindWord}, data = {HoconWriter.Text(data)}}}.");
        return new EvaluatedDataSet(name, kind, data);
    }

    private static string Render(EvaluatedDataSet dataSet)
    {
        var fields = new List<(string Name, string? Value)>
        {
            ("name", dataSet.Name), ("kind", SegmentationDataSets.Word(dataSet.Kind)), ("data", dataSet.Data),
            ("train-split", dataSet.TrainSplit),
            ("test-split", dataSet.TestSplit), ("protocol", dataSet.Protocol), ("variant", dataSet.Variant),
            ("fraction", dataSet.Fraction?.ToString("R", CultureInfo.InvariantCulture)),
            ("every-steps", dataSet.EverySteps?.ToString(CultureInfo.InvariantCulture)),
            ("every-epochs", dataSet.EveryEpochs?.ToString(CultureInfo.InvariantCulture)),
        };
        return $"{{ {string.Join(", ", fields.Where(f => f.Value is not null).Select(f => $"{f.Name} = {HoconWriter.Text(f.Value!)}"))} }}";
    }

    private static string Kinds => string.Join(", ", SegmentationDataSets.Words);

    private static string? Text(HoconObject o, string field) => (o[field] as HoconScalar)?.Text.Trim();

    private static EvaluatedDataSet? Refuse(Action<string> wrong, string message)
    {
        wrong(message);
        return null;
    }
}
