using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Node.Study;

namespace CACL.Node.Tests.Commands;

/// <summary>Checks that numbers on command lines are read and written alike in every culture.</summary>
public sealed class NumberOptionTests
{
    [Theory]
    [InlineData("--opacity", "0.25", 0.25)]
    [InlineData("--opacity", "2.5e-1", 0.25)]
    [InlineData("--size", "+640", 640)]
    public void A_number_is_read_as_it_is_written_in_any_culture(string option, string text, double expected)
    {
        using var culture = new HostileCulture();
        var line = Segment(option, text);
        Assert.Equal(expected, option == "--size" ? Value<int>(option, line) : Value<double>(option, line));
    }

    [Theory]
    [InlineData("Cannot parse argument '0,5' for option '--opacity' as a number.", "--opacity", "0,5")]
    [InlineData("Cannot parse argument '1,000' for option '--size' as a whole number.", "--size", "1,000")]
    [InlineData("Cannot parse argument '640.0' for option '--size' as a whole number.", "--size", "640.0")]
    [InlineData("--opacity: expected a number from 0 to 1.", "--opacity", "-0.5")]
    [InlineData("--opacity: expected a number from 0 to 1.", "--opacity", "NaN")]
    [InlineData("--size: expected a whole number from 64 to 8192.", "--size", "63")]
    public void What_is_no_number_or_not_allowed_is_refused_in_any_culture(string expected, string option, string text)
    {
        var here = CommandLine.Run(Segment(option, text));
        using var culture = new HostileCulture();
        Assert.Equal(here, CommandLine.Run(Segment(option, text)));
        Assert.Equal((ExitCodes.Usage, $"{expected}\nTry: cacl segment --help\n"), (here.Status, here.Error));
    }

    [Fact]
    public void A_studys_fingerprint_is_the_same_in_any_culture()
    {
        var plan = StudyOf("0.0125");
        var here = StudyFingerprint.Of(plan);
        using var culture = new HostileCulture();
        Assert.Equal("0,5", $"{0.5}"); // otherwise this tests nothing
        Assert.Equal(here, StudyFingerprint.Of(plan));
        Assert.EndsWith("fraction 0.0125", here["data set set"], StringComparison.Ordinal);
    }

    private static StudyPlan StudyOf(string fraction)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(
            file,
            $$"""
            study.datasets = [{ name = set, kind = folder, data = /data/set, protocol = limited, fraction = {{fraction}} }]
            study.rows = [{ name = a, random = true }]
            """);
        try
        {
            return StudyFile.Read(file, [], new Dictionary<string, string>());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string[] Segment(params string[] more) => ["segment", "--checkpoint", "c", "--classifier", "f", "--video", "v", .. more];

    private static T? Value<T>(string option, string[] line)
    {
        var parsed = CaclCommand.Create(out _).Parse(line);
        Assert.Empty(parsed.Errors);
        return parsed.GetValue<T>(option);
    }
}
