using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Settings;

namespace CACL.Node.Commands;

/// <summary>The option <c>--catalog</c> of the verbs about videos.</summary>
internal static class CatalogOption
{
    /// <summary>Creates the option.</summary>
    /// <param name="catalog">What the catalogue is to the verb, such as "The catalogue to read".</param>
    public static Option<string?> Create(string catalog) => new("--catalog")
    {
        Description = $"{catalog}; the same as --set cacl.data.catalog=FILE.",
        HelpName = "FILE",
    };

    /// <summary>Returns the catalogue's file: the one that is named, or the settings' own, which are read only then.</summary>
    public static string FileOf(ParseResult parsed, Option<string?> option, Func<DataSettings> settings) =>
        parsed.GetValue(option) is { } named ? FilePaths.Absolute(named) : settings().Catalog;
}
