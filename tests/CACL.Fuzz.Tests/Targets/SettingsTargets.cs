using System.Text;
using CACL.Configuration.Hocon;
using CACL.Node.Ending;
using CACL.Node.Settings;
using CACL.Node.Study;
using CACL.Testing;

namespace CACL.Fuzz.Tests.Targets;

/// <summary>Reads text in HOCON.</summary>
internal abstract class HoconTextTarget() : FileTarget(".conf")
{
    protected static readonly IReadOnlyDictionary<string, string> NoEnvironment = new Dictionary<string, string>();

    public override IReadOnlyList<string> Words =>
    [
        "{", "}", "[", "]", "=", "+=", ":", ",", "\"", "\"\"\"", "${", "${?", "}", "include ", "file(\"", "required(", "#", "//", "\n", "\\u0000",
        "\\ud800", "null", "true", "1e999", "-0", "9223372036854775808", "cacl.", "cacl.http.host", "study.rows", "a.b.c", "a = ${a}", "${a}${a}",
        "\u00a0", "\ufeff", "10 days", "5 GiB", "NaN", ".5", "..", "preset", "datasets", "seeds",
    ];

    protected sealed override bool Read(string path)
    {
        try
        {
            ReadText(path);
            return true;
        }
        catch (Exception e) when (e is ConfigurationException or UserException)
        {
            return false;
        }
    }

    protected abstract void ReadText(string path);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>Parses and resolves HOCON.</summary>
internal sealed class HoconTarget : HoconTextTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("a { b = 1, c = ${a.b}\n d = [1, 2, ${?X}] } # comment\na.b += 3\n"),
        Bytes("\"x.y\" : \"\"\"raw\n\"\"\" // c\nlist = [{k: v}, 1 2 3, \"q\" ${x}]\nx = 5 minutes\n"),
        Bytes("include file(\"input.conf\")\nq = ${q} [1]\nr = {a:1} {b:2}\n"),
        Bytes("a = {x = ${b}}\nb = {y = ${?a.x.y}}\nc = ${a}${b}"),
    ];

    protected override void ReadText(string path)
    {
        var root = new HoconLoader(_ => null, SettingsFile.Open).AddText("defaults", "a { b = 0 }").AddFile(path).Resolve();
        Assert.NotNull(root);
    }
}

/// <summary>Reads a run's settings.</summary>
internal sealed class RunSettingsTarget : HoconTextTarget
{
    public override IEnumerable<byte[]> Seeds =>
        Directory.EnumerateFiles(Path.Combine(Workspace.Root, "hocon"), "*.conf").Order().Select(File.ReadAllBytes)
            .Append(Bytes("cacl { http { host = 0.0.0.0, token = x, port = auto }, method = moco-v2, training.steps = 10 }\n"));

    protected override void ReadText(string path) => Assert.NotNull(ConfigurationFiles.Load([path], [], NoEnvironment).Settings);
}

/// <summary>Reads a study's file.</summary>
internal sealed class StudyTarget : HoconTextTarget
{
    public override IEnumerable<byte[]> Seeds =>
        Directory.EnumerateFiles(Path.Combine(Workspace.Root, "hocon", "studies"), "*.conf").Order().Select(File.ReadAllBytes).Append(Bytes(
            """
            study { title = t, seeds = [0, 1], datasets = ["folder:/d", { name = v, kind = voc, data = /v, protocol = linear }]
              rows = [{ name = A, random = true, backbone = resnet50, paper = 61.2 }, { name = B, checkpoint = /w.safetensors }], compare-with = A }
            cacl.training.batch-size = 4
            """));

    protected override void ReadText(string path) => Assert.NotEmpty(StudyFile.Read(path, [], NoEnvironment).Rows);
}
