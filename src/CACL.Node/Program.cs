using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Node.Evaluation.Beside;
using CACL.Node.Programs;

ProcessCulture.MakeInvariant();
ParentWatch.BeginIfAsked();
return ProcessEnd.Of(CaclCommandLine.Run(args, Console.Out, Console.Error));
