using CACL.Data.Decoding.Workers;
using CACL.Data.Tests.Decoding.Workers;
using Xunit.Runner.InProc.SystemConsole;

// The tests are a decode worker, too: the program that is one knows more than the project under test. And they are the parent of one.
return args switch
{
    [DecodeWorkerProgram.Verb] => DecodeWorker.Run(Console.OpenStandardInput(), Console.OpenStandardOutput()),
    [TestWorker.Parent, var clip] => TestWorker.BeParent(clip),
    [TestWorker.Reader, var kind, var folder, var clip] => TestWorker.ReadAll(kind, folder, clip),
    [TestWorker.Preparer, var folder, var clip, var target] => TestWorker.PrepareAll(folder, clip, target),
    _ => await ConsoleRunner.Run(args),
};
