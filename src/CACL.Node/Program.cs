using CACL.Node.Commands;
using CACL.Node.Evaluation.Beside;

ParentWatch.BeginIfAsked();
return CaclCommandLine.Run(args, Console.Out, Console.Error);
