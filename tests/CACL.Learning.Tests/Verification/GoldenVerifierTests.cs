using CACL.Learning.Runtime;
using CACL.Learning.Verification;
using CACL.Learning.Weights;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Verification;

public sealed class GoldenVerifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Golden files of the repository. Some may be there before the program knows their case. One training is recomputed in every test run,
    /// and of each method what a step is made of.
    /// </summary>
    public static IEnumerable<TheoryDataRow<string>> Names => GoldenFiles.All.Select(name => new TheoryDataRow<string>(name)
    {
        Skip = !GoldenVerifier.Knows(GoldenFiles.CaseOf(name)) ? $"The program does not know the case {GoldenFiles.CaseOf(name)} yet."
            : name.StartsWith("train", StringComparison.Ordinal) && name != "train_1"
            ? LongTests.WhyNot("the training of another method or with another seed") : null,
    });

    /// <summary>Golden files that only ../shared has; trainings take seconds each and need tools/test --long.</summary>
    public static IEnumerable<TheoryDataRow<string>> FurtherNames => Workspace.Lack("golden") is { } lack
        ? [new TheoryDataRow<string>("") { Skip = lack }]
        : Directory.EnumerateFiles(Workspace.Shared("golden"), "*.safetensors")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => LongTests.Wanted || !name.StartsWith("train", StringComparison.Ordinal))
            .Except(GoldenFiles.All)
            .Order(StringComparer.Ordinal)
            .Select(name => new TheoryDataRow<string>(name));

    [Fact]
    public void Every_case_that_the_program_knows_has_a_golden_file_and_so_has_either_backbone()
    {
        var parts = GoldenFiles.Names.Select(name =>
        {
            using var file = SafeTensorsReader.Open(GoldenFiles.Path(name));
            return file.Metadata["case"] + file.Metadata.GetValueOrDefault("backbone");
        });
        Assert.Equal(
            GoldenVerifier.CaseNames.Where(word => word != "backbone").Append("backboneresnet18").Append("backboneresnet50")
                .Order(StringComparer.Ordinal),
            parts.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_golden_file_is_recomputed_within_its_tolerance(string name) => AssertRecomputed(GoldenFiles.Path(name));

    /// <summary>Trainings and numbers of threads, other than the one with which all tests compute.</summary>
    public static IEnumerable<TheoryDataRow<string, int>> Threads => new[]
    {
        ("trainbyol_1", 2), ("trainbyol_1", 3), ("train_1", 2),
    }.Select(row => new TheoryDataRow<string, int>(row.Item1, row.Item2)
    {
        Skip = LongTests.WhyNot("the same with another number of threads"),
    });

    // One thread sums in another order than two, and three steps of training make much of it.
    [Theory]
    [MemberData(nameof(Threads))]
    public void A_training_is_recomputed_within_its_tolerance_whatever_the_number_of_threads(string name, int threads)
    {
        var before = TorchThreads.Used;
        TorchThreads.Use(threads);
        try
        {
            AssertRecomputed(GoldenFiles.Path(name));
        }
        finally
        {
            TorchThreads.Use(before);
        }
    }

    [Theory]
    [MemberData(nameof(FurtherNames))]
    public void A_golden_file_of_another_seed_is_recomputed_within_its_tolerance(string name) =>
        AssertRecomputed(Workspace.Shared("golden", $"{name}.safetensors"));

    [Theory]
    [InlineData("photometry_1", "output")]
    [InlineData("pixelshuffle_1", "f_rolled_back")]
    [InlineData("splitbn_2", "after_running_var")]
    [InlineData("losses_1", "grad_c_soft")]
    [InlineData("losses_1", "index")]
    [InlineData("cycle_1", "loss_features")]
    [InlineData("cycle_1", "grad_c_plus_soft-self")]
    [InlineData("cycle_1", "frame_spread_c")]
    [InlineData("cycle_1", "shares")]
    [InlineData("densecl_1", "index")]
    [InlineData("densecl_1", "grad_d")]
    [InlineData("densecl_1", "enqueued_dense")]
    [InlineData("pixpro_1", "positive")]
    [InlineData("pixpro_1", "grad_x_plus")]
    [InlineData("pixpro_1", "grad_head_propagation.0.weight")]
    [InlineData("queue_1", "queue_3")]
    [InlineData("queue_1", "pointers")]
    [InlineData("lars_1", "conv_w4")]
    [InlineData("evaluation_1", "confusion")]
    [InlineData("evaluation_1", "iou")]
    [InlineData("uniform_1", "x")]
    [InlineData("simclr_1", "loss")]
    [InlineData("simclr_1", "grad_z_plus")]
    [InlineData("byol_1", "grad_p")]
    [InlineData("byol_1", "ema_weights")]
    public void One_altered_number_makes_its_line_fail(string name, string tensor)
    {
        Alter(GoldenFiles.Path(name), _folder.File($"{name}.safetensors"), tensor);
        var lines = GoldenVerifier.Verify(_folder.Path, CPU).ToArray();
        Assert.Contains(lines, line => !line.Passed && line.Quantity.StartsWith(tensor, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_without_one_of_its_tensors_fails_by_that_name()
    {
        using (var golden = SafeTensorsReader.Open(GoldenFiles.Path("lars_1")))
        {
            var items = golden.Entries.Where(e => e.Name != "bias_g3")
                .Select(e => SafeTensorsItem.Of(e.Name, e.Type, e.Shape, golden.ReadBytes(e)));
            SafeTensorsWriter.Write(_folder.File("lars.safetensors"), items, golden.Metadata);
        }

        Assert.Contains(
            GoldenVerifier.Verify(_folder.Path, CPU),
            line => !line.Passed && line.Note is { } note && note.Contains("bias_g3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_the_named_numbers_passes_and_of_another_seed_fails()
    {
        WriteUniform("right", seed: 5, claimed: "5");
        WriteUniform("wrong", seed: 5, claimed: "6");
        var lines = GoldenVerifier.Verify(_folder.Path, CPU).ToDictionary(line => line.File);
        Assert.True(lines["right.safetensors"].Passed);
        Assert.False(lines["wrong.safetensors"].Passed);
    }

    [Fact]
    public void A_case_that_is_not_known_is_a_failing_line()
    {
        SafeTensorsWriter.Write(
            _folder.File("new.safetensors"), SafeTensorsFiles(), new Dictionary<string, string> { ["case"] = "tomorrow" });
        var line = Assert.Single(GoldenVerifier.Verify(_folder.Path, CPU));
        Assert.False(line.Passed);
        Assert.Contains("'tomorrow'", line.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_golden_file_is_a_failing_line_and_the_others_are_still_checked()
    {
        File.WriteAllText(_folder.File("a.safetensors"), "not at all");
        SafeTensorsWriter.Write(_folder.File("b.safetensors"), SafeTensorsFiles());
        WriteUniform("c", seed: 1, claimed: "1");
        var lines = GoldenVerifier.Verify(_folder.Path, CPU).ToArray();
        Assert.Equal([false, false, true], lines.Select(line => line.Passed));
    }

    [Fact]
    public void An_empty_or_missing_folder_is_a_failing_line()
    {
        Assert.False(Assert.Single(GoldenVerifier.Verify(_folder.Path, CPU)).Passed);
        Assert.False(Assert.Single(GoldenVerifier.Verify(_folder.File("nowhere"), CPU)).Passed);
    }

    private void AssertRecomputed(string path)
    {
        File.Copy(path, _folder.File(Path.GetFileName(path)));
        var lines = GoldenVerifier.Verify(_folder.Path, CPU).ToArray();
        Assert.NotEmpty(lines);
        Each.Holds(lines, line => Assert.True(line.Passed, $"{line}"));
    }

    private static SafeTensorsItem[] SafeTensorsFiles() => [SafeTensorsItem.Of("x", SafeTensorsType.F32, [1], new byte[4])];

    private static void Alter(string from, string to, string tensor)
    {
        using var golden = SafeTensorsReader.Open(from);
        var items = golden.Entries.Select(entry =>
        {
            var bytes = golden.ReadBytes(entry);
            // These bits are the highest mantissa or value bits of the middle number.
            var at = (int)(entry.Count / 2) * entry.Type.ElementSize();
            if (entry.Name == tensor) bytes[at + (entry.Type is SafeTensorsType.I64 ? 0 : entry.Type.ElementSize() - 2)] ^= 0x41;
            return SafeTensorsItem.Of(entry.Name, entry.Type, entry.Shape, bytes);
        });
        SafeTensorsWriter.Write(to, items, golden.Metadata);
    }

    private void WriteUniform(string file, ulong seed, string claimed)
    {
        var bytes = NamedNumbers.Uniform("x", 21, seed).SelectMany(BitConverter.GetBytes).ToArray();
        SafeTensorsWriter.Write(
            _folder.File($"{file}.safetensors"),
            [SafeTensorsItem.Of("x", SafeTensorsType.F32, [3, 7], bytes)],
            new Dictionary<string, string> { ["case"] = "uniform", ["seed"] = claimed, ["tolerance"] = "exact" });
    }
}
