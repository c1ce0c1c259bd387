using CACL.Learning.Runtime;
using CACL.Testing;

namespace CACL.Learning.Tests.Runtime;

public sealed class LibTorchSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_setting_goes_before_the_variable_and_both_before_what_the_program_finds()
    {
        var everywhere = new LibTorchSearch(
            WithLibTorch("set"), WithLibTorch("named"), _folder.File("program"), WithLibTorch("restored"), null);
        WithLibTorch("program", "libtorch");
        Assert.Equal(_folder.File("set"), everywhere.LibTorch());
        Assert.Equal("cacl.training.libtorch", everywhere.NamedBy);
        Assert.Equal(_folder.File("named"), (everywhere with { Setting = null }).LibTorch());
        Assert.Equal("CACL_LIBTORCH", (everywhere with { Setting = "" }).NamedBy);
        Assert.Equal(_folder.File("program", "libtorch"), (everywhere with { Setting = null, Variable = "" }).LibTorch());
        Assert.Null((everywhere with { Setting = null, Variable = "" }).NamedBy);
    }

    [Fact]
    public void A_publish_takes_its_own_libtorch_before_the_one_that_the_build_saw()
    {
        var search = new LibTorchSearch(null, null, _folder.File("program"), WithLibTorch("restored"), WithTorchSharp("packages"));
        Assert.Equal(_folder.File("restored"), search.LibTorch());
        Assert.Equal(_folder.File("packages", TorchSharpLibrary.FileName), search.TorchSharp());

        WithLibTorch("program", "libtorch");
        WithTorchSharp("program", "libtorch");
        Assert.Equal(_folder.File("program", "libtorch"), search.LibTorch());
        Assert.Equal(_folder.File("program", "libtorch", TorchSharpLibrary.FileName), search.TorchSharp());
    }

    [Fact]
    public void Files_beside_the_program_are_found_last()
    {
        var search = new LibTorchSearch(null, null, WithLibTorch("program"), _folder.File("gone"), null);
        Assert.Equal(_folder.File("program"), search.LibTorch());
    }

    [Fact]
    public void A_named_folder_without_libtorch_is_refused_although_the_program_has_one()
    {
        var search = new LibTorchSearch(null, _folder.File("empty"), _folder.File("program"), WithLibTorch("restored"), null);
        var refusal = Assert.Throws<LibTorchUnavailableException>(search.LibTorch);
        Assert.Contains(_folder.File("empty"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("CACL_LIBTORCH", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_none_every_place_is_named()
    {
        var search = new LibTorchSearch(null, null, _folder.File("program"), _folder.File("restored"), null);
        var refusal = Assert.Throws<LibTorchUnavailableException>(search.LibTorch);
        Assert.Contains(_folder.File("program", "libtorch"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("restored"), refusal.Message, StringComparison.Ordinal);
    }

    private string WithLibTorch(params string[] folder) => WithFile(folder, "libtorch_cpu.so");

    private string WithTorchSharp(params string[] folder) => WithFile(folder, TorchSharpLibrary.FileName);

    private string WithFile(string[] folder, string name)
    {
        var path = _folder.File(folder);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, name), "");
        return path;
    }
}
