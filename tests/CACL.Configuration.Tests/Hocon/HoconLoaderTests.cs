using CACL.Configuration.Hocon;
using CACL.Testing;

namespace CACL.Configuration.Tests.Hocon;

public sealed class HoconLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("include \"sub/base.conf\"")]
    [InlineData("include file(\"sub/base.conf\")")]
    [InlineData("include required(\"sub/base.conf\")")]
    [InlineData("include required(file(\"sub/base.conf\"))")]
    public void An_include_is_found_beside_the_file_that_names_it(string include)
    {
        Write("sub/base.conf", "include \"deeper.conf\"\na = base");
        Write("sub/deeper.conf", "a = deeper\nb = deeper");
        var root = Load(Write("main.conf", $"{include}\nc = main"));
        Assert.Equal("{ b = deeper, c = main, a = base }", Sorted(root, "b", "c", "a"));
    }

    [Fact]
    public void Keys_after_an_include_win_and_keys_before_it_lose()
    {
        Write("base.conf", "a = base, b = base");
        var root = Load(Write("main.conf", "a = main\ninclude \"base.conf\"\nb = main"));
        Assert.Equal("base", Text(root, "a"));
        Assert.Equal("main", Text(root, "b"));
    }

    [Fact]
    public void Substitutions_of_a_file_included_under_a_key_are_looked_for_there_first()
    {
        Write("part.conf", "x = 1\ny = ${x}\nz = ${outer}\nl = [1]\nl += 2");
        var root = Load(Write("main.conf", "outer = 7\nx = wrong\na { include \"part.conf\" }"));
        Assert.Equal("1", Text(root, "a.y"));
        Assert.Equal("7", Text(root, "a.z"));
        Assert.Equal("[1, 2]", root.At("a.l")!.ToString());
    }

    [Fact]
    public void Includes_in_a_circle_are_refused_with_the_chain()
    {
        Write("a.conf", "include \"b.conf\"");
        Write("b.conf", "x = 1\ninclude \"a.conf\"");
        Assert.Contains("a.conf → b.conf → a.conf", Fault(_folder.File("a.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void Includes_that_multiply_are_refused()
    {
        for (var i = 0; i < 12; i++) Write($"{i}.conf", $"include \"{i + 1}.conf\"\ninclude \"{i + 1}.conf\"");
        Write("12.conf", "a = 1");
        Assert.Contains("more than", Fault(_folder.File("0.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_include_is_told_with_the_place_of_the_include()
    {
        var main = Write("main.conf", "\ninclude \"nothing.conf\"");
        Assert.Contains("main.conf:2:1: there is no configuration file ", Fault(main), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_configuration_file_is_told()
    {
        Assert.Contains("there is no configuration file", Fault(_folder.File("none.conf")), StringComparison.Ordinal);
        File.WriteAllBytes(_folder.File("binary.conf"), [0x61, 0xFF, 0xFE, 0x00]);
        Assert.Contains("not UTF-8", Fault(_folder.File("binary.conf")), StringComparison.Ordinal);
        using (var large = File.Create(_folder.File("large.conf"))) large.SetLength(100_000_000);
        Assert.Contains("larger than", Fault(_folder.File("large.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_opener_refuses_is_told_with_its_place()
    {
        var including = _folder.File("including.conf");
        File.WriteAllText(including, "a = 1\ninclude \"other.conf\"");
        File.WriteAllText(_folder.File("other.conf"), "b = 2");
        var loader = new HoconLoader(
            _ => null, path => path == including ? File.OpenRead(path) : throw new ConfigurationException($"{path} is a pipe."));
        var fault = Assert.Throws<HoconException>(() => loader.AddFile(including)).Message;
        Assert.StartsWith($"{including}:2", fault, StringComparison.Ordinal);
        Assert.EndsWith($"{_folder.File("other.conf")} is a pipe.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("[a, b]", "[a, b]")]
    [InlineData("{ x = 1 }", "{ x = 1 }")]
    [InlineData("/data/a:b", "\"/data/a:b\"")]
    [InlineData("/data/#1//x", "\"/data/#1//x\"")]
    [InlineData("out #1", "\"out #1\"")]
    [InlineData("http://host:1/a#b", "\"http://host:1/a#b\"")]
    [InlineData("${b}//x", "\"base//x\"")]
    [InlineData("my \"best\" clips", "\"my \\\"best\\\" clips\"")]
    [InlineData("global,pixel", "\"global,pixel\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("", "\"\"")]
    [InlineData("null", "null")]
    [InlineData("${b}/x", "\"base/x\"")]
    [InlineData("\"quoted # text\"", "\"quoted # text\"")]
    public void An_override_is_a_hocon_value_or_the_text_itself(string text, string expected)
    {
        var root = new HoconLoader(_ => null, File.OpenRead).AddText("t", "a = 1\nb = base").AddOverride("a", text, "--set").Resolve();
        Assert.Equal(expected, root["a"]!.ToString());
    }

    [Theory]
    [InlineData("a", "[1, 2")]
    [InlineData("a", "\"x")]
    [InlineData("a", "${b")]
    [InlineData("a", "${b}#1")]
    [InlineData("a", "\"b\"#1")]
    [InlineData("a", "[b#1]")]
    [InlineData("a b", "1")]
    [InlineData("a..b", "1")]
    public void A_broken_override_is_told(string key, string text)
    {
        var loader = new HoconLoader(_ => null, File.OpenRead);
        Assert.StartsWith(
            "--set x", Assert.Throws<HoconException>(() => loader.AddOverride(key, text, "--set x")).Message, StringComparison.Ordinal);
    }

    private static HoconObject Load(string path) => new HoconLoader(_ => null, File.OpenRead).AddFile(path).Resolve();

    private static string Fault(string path) => Assert.Throws<HoconException>(() => Load(path)).Message;

    private static string Text(HoconObject root, string path) => Assert.IsType<HoconScalar>(root.At(path)).Text;

    private static string Sorted(HoconObject root, params string[] keys) =>
        $"{{ {string.Join(", ", keys.Select(k => $"{k} = {Text(root, k)}"))} }}";

    private string Write(string name, string text)
    {
        var path = _folder.File(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
