
using CACL.Configuration.Hocon;

namespace CACL.Configuration.Tests.Hocon;

public sealed class HoconTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Theory]
    [InlineData("a = 1", "{a:1}")]
    [InlineData("{ a : 1 }", "{a:1}")]
    [InlineData("a.b.c = v", "{a:{b:{c:v}}}")]
    [InlineData("a { b = 1, c = 2 }\na.d = 3", "{a:{b:1,c:2,d:3}}")]
    [InlineData("a = 1 # comment\nb = 2 // comment\n# whole line\n", "{a:1,b:2}")]
    [InlineData("a = {#x\nb = [1,#y\n2]//z\n}# end", "{a:{b:[1,2]}}")]
    [InlineData("a = \"/data/a#b\"# comment\nb = \"http://host/#x\" // comment", "{a:/data/a#b,b:http://host/#x}")]
    [InlineData("a = one/two/ #three\t//four", "{a:one/two/}")]
    [InlineData("a = [1, 2\n 3,]\n", "{a:[1,2,3]}")]
    [InlineData("a = []\nb = {}", "{a:[],b:{}}")]
    [InlineData("a = hello big   world  ", "{a:hello big   world}")]
    [InlineData("a = \"x # y\"", "{a:x # y}")]
    [InlineData("a = \"\\u0041\\n\\\"\"", "{a:A\n\"}")]
    [InlineData("a = \"\"\"one\n\"two\"\"\"\"", "{a:one\n\"two\"}")]
    [InlineData("a = null", "{a:null}")]
    [InlineData("a = \"null\"", "{a:'null'}")]
    [InlineData("\"a.b\".c = 1", "{a.b:{c:1}}")]
    [InlineData("a = {b:1}\na = {c:2}", "{a:{b:1,c:2}}")]
    [InlineData("a = {b:1}\na = 5\na = {c:2}", "{a:{c:2}}")]
    [InlineData("a = {b:1}\na = null", "{a:null}")]
    [InlineData("a = {b:1}{c:2}", "{a:{b:1,c:2}}")]
    [InlineData("a = [1] [2]", "{a:[1,2]}")]
    [InlineData("a = [1]\na += 2\na += 3", "{a:[1,2,3]}")]
    [InlineData("a.b += 1", "{a:{b:[1]}}")]
    [InlineData("a = 1\r\nb = 2\r\n", "{a:1,b:2}")]
    [InlineData("\uFEFFa = 1", "{a:1}")]
    [InlineData("a = -1.5e-3", "{a:-1.5e-3}")]
    [InlineData("a =\n  { b = 1 }", "{a:{b:1}}")]
    [InlineData("", "{}")]
    [InlineData("# nothing", "{}")]
    public void Notation_is_read(string text, string expected) => Assert.Equal(expected, Show(Read(text)));

    [Theory]
    [InlineData("a = 1\nb = ${a}", "{a:1,b:1}")]
    [InlineData("b = ${a}\na = 1", "{b:1,a:1}")]
    [InlineData("a = x\nb = pre${a}post", "{a:x,b:prexpost}")]
    [InlineData("a = x\nb = ${a} ${a}", "{a:x,b:x x}")]
    [InlineData("a = 1\na = ${?missing}", "{a:1}")]
    [InlineData("a = ${?missing}", "{}")]
    [InlineData("a = [1, ${?missing}, 2]", "{a:[1,2]}")]
    [InlineData("path = a\npath = ${path}\":b\"", "{path:a:b}")]
    [InlineData("a = [1]\na = ${a} [2]", "{a:[1,2]}")]
    [InlineData("a = ${?a} [2]", "{a:[2]}")]
    [InlineData("a.b = 1\na.b = ${a.b}2", "{a:{b:12}}")]
    [InlineData("a {b = 1}\na = ${c}\na {b = ${a.b}2}\nc {b = 5}", "{a:{b:52},c:{b:5}}")]
    [InlineData("base {x = 1, y = 2}\nd = ${base} {y = 3}", "{base:{x:1,y:2},d:{x:1,y:3}}")]
    [InlineData("base {x = 1}\nd = ${base}\nd.y = 2", "{base:{x:1},d:{x:1,y:2}}")]
    [InlineData("bar { foo = 42, baz = ${bar.foo} }\nbar.foo = 43", "{bar:{foo:43,baz:43}}")]
    [InlineData("a = 1\nb = ${a}\na = 2", "{a:2,b:2}")]
    [InlineData("a {x = 1}\na {c = ${a}}", "{a:{x:1,c:{x:1}}}")]
    [InlineData("a = \"${b}\"", "{a:${b}}")]
    public void Substitutions_see_final_values_and_within_themselves_earlier_ones(string text, string expected) =>
        Assert.Equal(expected, Show(Read(text)));

    [Fact]
    public void An_environment_variable_stands_in_for_a_missing_key_and_overrides_a_default()
    {
        var environment = new Dictionary<string, string> { ["HOME_OF_X"] = "/data", ["a"] = "never" };
        Assert.Equal("{a:/data/sub,b:/data,c:/data}", Show(Read(
            "a = ${HOME_OF_X}/sub\nb = 1\nb = ${?HOME_OF_X}\nc = ${a.HOME_OF_X}${?HOME_OF_X}", new(environment) { ["a.HOME_OF_X"] = "" })));
        Assert.Equal("{a:1}", Show(Read("a = 1\na = ${?HOME_OF_Y}", environment)));
    }

    [Theory]
    [InlineData("a = ${b}\nb = ${a}", "cycle: b → a → b")]
    [InlineData("a = ${a}", "${a} has no value")]
    [InlineData("a = ${b}", "t.conf:1:5: ${b} has no value")]
    [InlineData("a { b = ${c} }\nc { d = ${a} }", "cycle")]
    [InlineData("a = [1] {b = 1}", "joined")]
    [InlineData("a = {b = 1} x", "joined")]
    [InlineData("a = 1\n}", "t.conf:2:1: unexpected '}'")]
    [InlineData("a {\n b = 1\n", "t.conf:1:3: what is opened here has no closing '}'")]
    [InlineData("a = [1,\n 2", "t.conf:1:5: what is opened here has no closing ']'")]
    [InlineData("a = \"x", "no closing '\"'")]
    [InlineData("a = \"x\ny\"", "no closing '\"'")]
    [InlineData("a = \"\"\"x", "no closing \"\"\"")]
    [InlineData("a = \"\\q\"", "unknown escape")]
    [InlineData("a = \"\\u12\"", "four hexadecimal digits")]
    [InlineData("a = ${b", "no closing '}'")]
    [InlineData("a = $b", "'$' must be followed")]
    [InlineData("a = 50%!", "'!' is not allowed in unquoted text")]
    [InlineData("a = 1\nb = /data/a#b", "t.conf:2:12: '#' touches the text before it. Put the whole text in double quotes")]
    [InlineData("a = out//1", "t.conf:1:8: '//' touches the text before it")]
    [InlineData("a = /\nb = ${a}//clips", "t.conf:2:9: '//' touches")]
    [InlineData("a = ${?b}#c", "t.conf:1:10: '#' touches")]
    [InlineData("a = [x, y#z]", "t.conf:1:10: '#' touches")]
    [InlineData("a = 30s# half a minute", "a space before it if a comment begins")]
    [InlineData("a = http://host:1/x", "t.conf:1:9: unexpected ':' inside a value; put the text in double quotes")]
    [InlineData("a = b = c", "t.conf:1:7: unexpected '=' inside a value")]
    [InlineData("a = \nb = c", "the key a has no value")]
    [InlineData("a = ", "unexpected the end of the text where a value is expected")]
    [InlineData("a b = 1", "t.conf:1:3: unexpected 'b' after the key a")]
    [InlineData("epochs 5", "unexpected '5' after the key epochs")]
    [InlineData("a = 1,, b = 2", "unexpected ',' where a key is expected")]
    [InlineData(", a = 1", "unexpected ',' where a key is expected")]
    [InlineData("a..b = 1", "empty part")]
    [InlineData(".a = 1", "empty part")]
    [InlineData("[1, 2]", "not an array")]
    [InlineData("{ a = 1 } b = 2", "after the closing '}'")]
    [InlineData("a = ${b c}", "not a key")]
    [InlineData("a = ${}", "not a key")]
    [InlineData("x = [ { a += 1 } ]", "'+=' does not work inside an array")]
    [InlineData("include foo", "an include is written")]
    [InlineData("include url(\"http://x\")", "an include is written")]
    public void A_fault_is_told_with_its_place(string text, string expected)
    {
        var fault = Assert.Throws<HoconException>(() => Read(text));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("t.conf:", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("a {")]
    [InlineData("a = [")]
    [InlineData("a.")]
    public void Ten_thousand_levels_are_refused_instead_of_overflowing_the_stack(string level)
    {
        var text = string.Concat(Enumerable.Repeat(level, 10_000));
        Assert.Throws<HoconException>(() => Read(text));
        Assert.Throws<HoconException>(() => Read($"a = {text} = 1"));
    }

    [Fact]
    public void A_long_chain_of_substitutions_is_refused_or_resolved_but_never_overflows_the_stack()
    {
        var shortChain = string.Join('\n', Enumerable.Range(0, 50).Select(i => $"a{i} = ${{a{i + 1}}}")) + "\na50 = end";
        Assert.Equal("end", Assert.IsType<HoconScalar>(Read(shortChain)["a0"]).Text);
        var longChain = string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"a{i} = ${{a{i + 1}}}")) + "\na20000 = end";
        Assert.Contains("levels deep", Assert.Throws<HoconException>(() => Read(longChain)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_multiply_are_refused()
    {
        var texts = "a0 = ha\n" + string.Join('\n', Enumerable.Range(1, 40).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}"));
        Assert.Contains("grows beyond", Assert.Throws<HoconException>(() => Read(texts)).Message, StringComparison.Ordinal);
        var emptyTexts = "a = \"\"\n" + string.Join('\n', Enumerable.Repeat("a = ${a}${a}", 60));
        Assert.Contains("multiply", Assert.Throws<HoconException>(() => Read(emptyTexts)).Message, StringComparison.Ordinal);
        var arrays = "a0 = [1]\n" + string.Join('\n', Enumerable.Range(1, 40).Select(i => $"a{i} = ${{a{i - 1}}} ${{a{i - 1}}}"));
        Assert.Contains("multiply", Assert.Throws<HoconException>(() => Read(arrays)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_keeps_the_place_where_it_was_written()
    {
        var root = Read("a {\n  b = 1\n}\nc = ${a.b}");
        Assert.Equal("t.conf:2", root.At("a.b")!.Origin.ToString());
        Assert.Equal("t.conf:2", root.At("c")!.Origin.ToString());
    }

    private static HoconObject Read(string text, Dictionary<string, string>? environment = null) =>
        new HoconLoader((environment ?? NoEnvironment).GetValueOrDefault, File.OpenRead).AddText("t.conf", text).Resolve();

    private static string Show(HoconValue value) => value switch
    {
        HoconScalar { IsNull: true } => "null",
        HoconScalar s => s.Text == "null" ? "'null'" : s.Text,
        HoconArray a => $"[{string.Join(",", a.Items.Select(Show))}]",
        HoconObject o => $"{{{string.Join(",", o.Fields.Select(f => $"{f.Key}:{Show(f.Value)}"))}}}",
        _ => "?",
    };
}
