using CACL.Data.Decoding.Workers;
using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;

ProcessCulture.MakeInvariant();
if (args is [DecodeWorkerProgram.Verb]) return DecodeWorker.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
if (OpenFilesLimit.Complaint() is { } complaint)
{
    Console.Error.WriteLine(complaint);
    return ExitCodes.Failure;
}

DiagnosticFiles.GiveUp();
ParentWatch.BeginIfAsked();
return ProcessEnd.Of(CaclCommandLine.Run(args, Console.Out, Console.Error));
