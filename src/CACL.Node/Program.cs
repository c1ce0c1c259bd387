using CACL.Node.Commands;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;

ProcessCulture.MakeInvariant();
ParentWatch.BeginIfAsked();
return CaclCommandLine.Run(args, Console.Out, Console.Error);
