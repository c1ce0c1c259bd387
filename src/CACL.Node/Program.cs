using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;

ProcessCulture.MakeInvariant();
ParentWatch.BeginIfAsked();
return ProcessEnd.Of(CaclCommandLine.Run(args, Console.Out, Console.Error));
