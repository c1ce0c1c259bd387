using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace CACL.Learning.Runtime;

/// <summary>
/// Functions in TorchScript, the part of Python that libtorch runs itself. Calling an operation from C# costs a call for the operation, one
/// for its error and one for its result's release; a function of a script runs all of its operations in one call, in the order in which
/// they are written, and frees what it does not return as it goes. Autograd sees each operation as if it had been called from C#.
/// </summary>
/// <remarks>
/// libtorch's optimisers for scripts are off: they rewrite a function after its first calls, and a step would no longer compute the same
/// bits as the first step after a resume.
/// </remarks>
internal sealed partial class TorchScript
{
    private const string Extension = ".torchscript";

    private readonly jit.CompilationUnit _functions;

    private TorchScript(string source) => _functions = jit.compile(source);

    /// <summary>
    /// Compiles scripts that lie beside the code, one after the other, so that each can call the functions of those before it.
    /// </summary>
    /// <param name="names">Their paths below the project without ending, such as Losses/pixel_loss.</param>
    public static TorchScript Load(params string[] names) => new(string.Concat(names.Select(Text)));

    /// <summary>Compiles scripts as <see cref="Load"/> does, behind functions that are made for them.</summary>
    public static TorchScript LoadWith(string source, params string[] names) => new(source + "\n" + string.Concat(names.Select(Text)));

    /// <summary>Calls a function that returns a tensor, which belongs to the caller's dispose scope.</summary>
    public Tensor Call(string function, params object[] arguments) => (Tensor)Invoke(function, arguments);

    /// <summary>Calls a function that returns two tensors, which belong to the caller's dispose scope.</summary>
    public (Tensor First, Tensor Second) CallForTwo(string function, params object[] arguments) =>
        ((Tensor, Tensor))Invoke(function, arguments);

    /// <summary>Calls a function that returns three tensors, which belong to the caller's dispose scope.</summary>
    public (Tensor First, Tensor Second, Tensor Third) CallForThree(string function, params object[] arguments) =>
        ((Tensor, Tensor, Tensor))Invoke(function, arguments);

    private object Invoke(string function, object[] arguments)
    {
        SetOptimise(false); // kept by libtorch for each thread
        return _functions.invoke(function, arguments) ?? throw new InvalidOperationException($"The script's {function} returns nothing.");
    }

    private static string Text(string name)
    {
        using var stream = typeof(TorchScript).Assembly.GetManifestResourceStream(name + Extension)
            ?? throw new InvalidOperationException($"The program lacks the script {name}{Extension}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd() + "\n";
    }

    // torch::jit::setGraphExecutorOptimize(bool), which TorchSharp does not offer.
    [LibraryImport("libtorch_cpu.so", EntryPoint = "_ZN5torch3jit24setGraphExecutorOptimizeEb")]
    private static partial void SetOptimise([MarshalAs(UnmanagedType.U1)] bool on);
}
