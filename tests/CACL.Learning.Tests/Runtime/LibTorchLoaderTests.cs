using CACL.Learning.Runtime;
using TorchSharp;

namespace CACL.Learning.Tests.Runtime;

public sealed class LibTorchLoaderTests
{
    [Fact]
    public void Tensors_work_once_it_has_run()
    {
        using var sum = torch.ones(2, 3).sum();
        Assert.Equal(6f, sum.item<float>());
    }

    [Fact]
    public void A_second_call_returns_what_the_first_one_loaded()
    {
        Assert.Same(LibTorchLoader.Load(), LibTorchLoader.Load("/nowhere"));
        Assert.Same(LibTorchLoader.Loaded, LibTorchLoader.Load());
    }

    [Fact]
    public void What_was_loaded_exists()
    {
        var loaded = LibTorchLoader.Load();
        Assert.True(File.Exists(Path.Combine(loaded.Folder, "libtorch_cpu.so")));
        Assert.True(File.Exists(loaded.TorchSharp));
    }

    [Fact]
    public void CUDA_is_told_from_its_absence_without_an_exception() =>
        Assert.Equal(LibTorchLoader.Load().HasCuda, File.Exists(Path.Combine(LibTorchLoader.Load().Folder, "libtorch_cuda.so")));
}
