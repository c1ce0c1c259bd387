using CACL.Http.Probes;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Folder;

namespace CACL.Http.Tests;

/// <summary>Makes what a server knows of a run that has not begun.</summary>
internal static class States
{
    public static NodeState Of(RunFolder run, Health? health = null) => new(run)
    {
        Method = new CaclOptions().Describe(),
        Health = health
    };
}
