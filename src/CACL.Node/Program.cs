using CACL.Node.Commands;
using CACL.Node.Evaluation.Beside;
using CACL.Node.Programs;

ProcessCulture.MakeInvariant();
ParentWatch.BeginIfAsked();
return CaclCommandLine.Run(args, Console.Out, Console.Error);
