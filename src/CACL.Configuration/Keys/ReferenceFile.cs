namespace CACL.Configuration.Keys;

/// <summary>reference.conf, embedded in the program: every key with its default.</summary>
public static class ReferenceFile
{
    /// <summary>Its name in origins.</summary>
    public const string Name = "reference.conf";

    /// <summary>Its text.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(ReferenceFile).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"{Name} is not embedded in {typeof(ReferenceFile).Assembly.GetName().Name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
