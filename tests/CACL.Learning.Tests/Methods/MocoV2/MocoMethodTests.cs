using CACL.Learning.Methods;
using CACL.Learning.Methods.MocoV2;

namespace CACL.Learning.Tests.Methods.MocoV2;

public sealed class MocoMethodTests : MethodContract
{
    protected override MethodOptions Options => new MocoOptions { Seed = 3, QueueSize = 40, BatchNormSplits = 2 };
}
