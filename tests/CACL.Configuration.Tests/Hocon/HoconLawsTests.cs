using CACL.Configuration.Hocon;
using CsCheck;

namespace CACL.Configuration.Tests.Hocon;

public sealed class HoconLawsTests
{
    private static readonly HoconOrigin Nowhere = HoconOrigin.Of("generated");

    private static readonly Gen<string> Texts = Gen.Frequency(
        (3, Gen.String[Gen.Char["abcxyz019 .-_/#:=,+{}[]\"\\$\n\t\u0001é∞"], 0, 8]),
        (1, Words("null", "include", "true", "", " ", "\"\"\"", "//", "${a}", "1e-6")));

    private static readonly Gen<string> Keys = Gen.Frequency(
        (5, Words("a", "b", "c", "d")),
        (1, Words("include", "with space", "a.b", "", "\"", "null", "ü")));

    private static readonly Gen<HoconValue> Values = Gen.Recursive<HoconValue>((depth, inner) =>
    {
        var scalar = Gen.Frequency(
            (9, Texts.Select(t => (HoconValue)new HoconScalar(t, false, Nowhere))),
            (1, Gen.Const((HoconValue)new HoconScalar("null", true, Nowhere))));
        if (depth >= 4) return scalar;
        return Gen.Frequency(
            (3, scalar),
            (1, inner.Array[0, 3].Select(items => (HoconValue)new HoconArray([.. items], Nowhere))),
            (3, Objects(inner).Select(o => (HoconValue)o)));
    });

    private static readonly Gen<HoconObject> Roots = Objects(Values);

    // Each of these keys has a fixed kind. If one document turns a value of another one into a section, (a + b) + c keeps what a + (b + c)
    // cannot know to be hidden, so the law is claimed only for these keys.
    private static readonly Gen<HoconObject> Shaped = Gen.Recursive<HoconObject>((depth, inner) =>
    {
        var scalar = Gen.Select(Words("s", "t", "u"), Texts.Select(t => (HoconValue)new HoconScalar(t, false, Nowhere)));
        var section = Gen.Select(Words("x", "y", "z"), inner.Select(o => (HoconValue)o));
        return Fields(depth >= 4 ? scalar : Gen.OneOf(scalar, section));
    });

    [Fact]
    public void What_is_rendered_reads_back_as_the_same_value() =>
        Roots.Sample(root => Assert.Equal(root, Merge(root.ToString())), iter: 2000);

    [Fact]
    public void What_is_rendered_reads_back_as_a_single_value() =>
        Values.Sample(
            value =>
            {
                var loader = new HoconLoader(_ => null, File.OpenRead).AddOverride("a", value.ToString(), "--set");
                Assert.Equal(value, loader.Resolve()["a"]);
            },
            iter: 2000);

    [Fact]
    public void Merging_is_associative() =>
        Gen.Select(Shaped, Shaped, Shaped).Sample(
            (a, b, c) =>
            {
                var left = Merge(Merge(a.ToString(), b.ToString()).ToString(), c.ToString());
                var right = Merge(a.ToString(), Merge(b.ToString(), c.ToString()).ToString());
                Assert.Equal(left, right);
                Assert.Equal(left, Merge(a.ToString(), b.ToString(), c.ToString()));
            },
            iter: 1000);

    [Fact]
    public void Merging_with_itself_or_with_nothing_changes_nothing() =>
        Roots.Sample(
            a =>
            {
                Assert.Equal(a, Merge(a.ToString(), a.ToString()));
                Assert.Equal(a, Merge(a.ToString(), "{}"));
                Assert.Equal(a, Merge("", a.ToString()));
            },
            iter: 500);

    [Fact]
    public void Any_text_is_read_or_refused_with_a_sentence() =>
        Gen.String[Gen.Char["ab.{}[]=:+,\"$?#\\/ \n\t1"], 0, 40].Sample(
            text =>
            {
                try
                {
                    new HoconLoader(_ => null, File.OpenRead).AddText("t", text).Resolve();
                }
                catch (HoconException e)
                {
                    Assert.StartsWith("t:", e.Message, StringComparison.Ordinal);
                }
            },
            iter: 20_000);

    // A comment begins at the first mark after white space; a mark elsewhere is rejected.
    [Fact]
    public void No_character_of_an_unquoted_text_is_lost_in_silence() =>
        Gen.String[Gen.Char["ab/# "], 1, 12].Sample(
            text =>
            {
                var marks = new[] { text.IndexOf('#', StringComparison.Ordinal), text.IndexOf("//", StringComparison.Ordinal) };
                var mark = marks.Where(at => at >= 0).DefaultIfEmpty(text.Length).Min();
                var before = text[..mark];
                HoconObject Read() => new HoconLoader(_ => null, File.OpenRead).AddText("t", $"k = {text}").Resolve();
                if (before.Trim().Length == 0 || (mark < text.Length && before[^1] != ' ')) Assert.Throws<HoconException>(Read);
                else Assert.Equal(before.Trim(), Assert.IsType<HoconScalar>(Read()["k"]).Text);
                var whole = new HoconLoader(_ => null, File.OpenRead).AddOverride("k", text, "--set").Resolve();
                Assert.Equal(text.Trim(), Assert.IsType<HoconScalar>(whole["k"]).Text);
            },
            iter: 5000);

    private static Gen<string> Words(params string[] words) => Gen.OneOf([.. words.Select(Gen.Const)]);

    private static Gen<HoconObject> Objects(Gen<HoconValue> values) => Fields(Gen.Select(Keys, values));

    private static Gen<HoconObject> Fields(Gen<(string, HoconValue)> field) =>
        field.Array[0, 4].Select(fields =>
            new HoconObject(fields.DistinctBy(f => f.Item1).Select(f => KeyValuePair.Create(f.Item1, f.Item2)), Nowhere));

    private static HoconObject Merge(params string[] texts)
    {
        var loader = new HoconLoader(_ => null, File.OpenRead);
        foreach (var text in texts) loader.AddText("t", text);
        return loader.Resolve();
    }
}
