using System.CommandLine;
using System.CommandLine.Parsing;
using CACL.Node.Commands;
using CACL.Node.Evaluation;
using CACL.Node.Tests.Commands;
using CsCheck;

namespace CACL.Node.Tests.Evaluation;

public sealed class EvaluateCommandLineTests
{
    private static readonly Gen<string> Word = Gen.Char.AlphaNumeric.Array[1, 12].Select(c => new string(c));
    private static readonly Gen<string?> MaybeWord = Gen.OneOf(Gen.Const((string?)null), Word.Select(w => (string?)w));
    private static readonly Gen<double?> MaybeShare = Gen.OneOf(Gen.Const((double?)null), Gen.Double[1e-6, 1].Select(s => (double?)s));

    private static readonly Gen<double[]?> MaybeRates =
        Gen.OneOf(Gen.Const((double[]?)null), Gen.Double[1e-6, 1000].Array[0, 3].Select(rates => (double[]?)rates));

    private static readonly Gen<(string, string?, string?, double?, bool, string[], double[]?)> Lines =
        Gen.Select(Word, MaybeWord, MaybeWord, MaybeShare, Gen.Bool, Word.Array[0, 3], MaybeRates);

    [Fact]
    public void The_verb_understands_every_line_as_it_was_meant_in_any_culture() =>
        Lines.Sample((path, train, test, share, isLimited, overrides, rates) =>
        {
            var line = new EvaluateCommandLine
            {
                Checkpoint = $"/runs/{path}",
                Backbone = isLimited ? "resnet50" : null,
                Kind = "voc",
                Data = $"/data/{path}",
                TrainSplit = train,
                TestSplit = test,
                Protocol = isLimited ? "limited" : "linear",
                Fraction = share,
                Variant = isLimited ? "quick" : "full",
                Configuration = $"/{path}.conf",
                Overrides = overrides,
                SweepRates = isLimited ? null : rates,
                Out = $"/out/{path}",
            };
            using var culture = new HostileCulture();
            var parsed = CaclCommand.Create(out _).Parse([.. line.Arguments]);
            Assert.Empty(parsed.Errors);
            Assert.Equal("evaluate", parsed.CommandResult.Command.Name);
            Assert.Equal(
                (line.Checkpoint, line.Backbone, line.Kind, line.Data),
                (Of("--checkpoint"), Of("--backbone"), Of("--dataset"), Of("--data")));
            Assert.Equal(
                (train, test, line.Protocol, line.Variant, line.Out),
                (Of("--train-split"), Of("--test-split"), Of("--protocol"), Of("--variant"), Of("--out")));
            Assert.Equal((share ?? 1, true), (parsed.GetValue<double>("--fraction"), parsed.GetValue<bool>("--json")));
            Assert.Equal([line.Configuration], parsed.GetValue<string[]>("--config")!);
            Assert.Equal(!isLimited && rates is not null, parsed.GetResult("--sweep-learning-rate") is OptionResult { Implicit: false });
            if (!isLimited) Assert.Equal(rates ?? [], parsed.GetValue<double[]>("--sweep-learning-rate") ?? []);
            Assert.Equal(overrides, parsed.GetValue<string[]>("--set") ?? []);

            string? Of(string option) => parsed.GetValue<string>(option);
        });
}
