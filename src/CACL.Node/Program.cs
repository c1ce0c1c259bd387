using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;

ProcessCulture.MakeInvariant();
if (OpenFilesLimit.Complaint() is { } complaint)
{
    Console.Error.WriteLine(complaint);
    return ExitCodes.Failure;
}

ParentWatch.BeginIfAsked();
return ProcessEnd.Of(CaclCommandLine.Run(args, Console.Out, Console.Error));
