namespace CACL.Fuzz.Tests.Targets;

/// <summary>Names the targets.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<IFuzzTarget>> Known = new(StringComparer.Ordinal)
    {
        ["safetensors"] = () => new SafeTensorsTarget(),
        ["pickle"] = () => new PickleTarget(),
        ["torch"] = () => new TorchTarget(),
        ["png"] = () => new PngTarget(),
        ["hocon"] = () => new HoconTarget(),
        ["settings"] = () => new RunSettingsTarget(),
        ["study"] = () => new StudyTarget(),
        ["catalog-rows"] = () => new CatalogRowsTarget(),
        ["catalog-file"] = () => new CatalogFileTarget(),
        ["http"] = () => new HttpTarget(),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Makes a target.</summary>
    public static IFuzzTarget Make(string name) => Known[name]();
}
