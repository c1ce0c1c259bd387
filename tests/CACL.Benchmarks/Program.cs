using CACL.Benchmarks;
using CACL.Benchmarks.Simulation;
using CACL.Benchmarks.Suite;
using CACL.Node.Ending;

// What a machine cannot do is no failure of a measurement.
const int NotHere = 3;

try
{
    return Run(args);
}
catch (UserException lack)
{
    Console.Error.WriteLine(lack.Message);
    return NotHere;
}

// Each verb is a measurement and prints one line of JSON, so that a script can alternate it with another program's and compare.
static int Run(string[] args) => args switch
{
    ["decode", var folder, .. var options] => DecodeBenchmark.Run(folder, Options.Parse(options)),
    ["deliver", var folder, .. var options] => DeliveryBenchmark.Run(folder, Options.Parse(options)),
    ["step", .. var options] => StepBenchmark.Run(Options.Parse(options)),
    ["convolutions", .. var options] => ConvolutionBenchmark.Run(Options.Parse(options)),
    ["augmentation", .. var options] => AugmentationBenchmark.Run(Options.Parse(options)),
    ["snapshot", .. var options] => SnapshotBenchmark.Run(Options.Parse(options)),
    ["pixel-loss", .. var options] => PixelLossBenchmark.Run(Options.Parse(options)),
    ["merge-catalogs", var target, var shards] => CatalogBenchmark.Merge(target, shards),
    ["fill-catalog", var file, .. var options] => CatalogBenchmark.Fill(file, Options.Parse(options)),
    ["catalog", var file, .. var options] => CatalogBenchmark.Read(file, Options.Parse(options)),
    ["start", var file, .. var options] => StartBenchmark.Run(file, Options.Parse(options)),
    ["stream", .. var options] => StreamBenchmark.Run(Options.Parse(options)),
    ["simulate", .. var options] => SimulateBenchmark.Run(Options.Parse(options)),
    ["link", .. var options] => LinkBenchmark.Run(Options.Parse(options)),
    ["link-decode", var file, var folder, .. var options] => LinkBenchmark.RunDecoding(file, folder, Options.Parse(options)),
    ["history", .. var options] => HistoryBenchmark.Run(Options.Parse(options)),
    ["scalars", .. var options] => ScalarBenchmark.Run(Options.Parse(options)),
    ["suite", .. var options] => SuiteCommand.Run(options, Own(), Console.Out, Console.Error),
    _ => Usage(),
};

// The build puts the program beside its benchmarks.
static OwnPrograms Own()
{
    Command Beside(string name) => new("dotnet", Path.Combine(AppContext.BaseDirectory, name));
    return new OwnPrograms(Beside("CACL.Benchmarks.dll"), Beside("CACL.Node.dll"));
}

static int Usage()
{
    Console.Error.WriteLine("Usage: CACL.Benchmarks decode VIDEOS [--workers 2|1,2,4,8,16] [--size 224] [--pairs 200] [--seed 0] "
        + "[--stride 8] [--decoder auto|worker|in-process|isolated] [--digest 1] [--compare 0]");
    Console.Error.WriteLine("       CACL.Benchmarks deliver VIDEOS [--workers 2] [--size 224] [--batch 32] [--pairs 1600] [--epochs 4]");
    Console.Error.WriteLine("       CACL.Benchmarks step [--depth 18] [--size 112] [--batch 16] [--queue 16384] [--bn-splits 4] "
        + "[--threads 2] [--steps 6] [--parts 0]");
    Console.Error.WriteLine("       CACL.Benchmarks convolutions [--depth 18] [--size 112] [--batch 16] [--threads 2] [--steps 6]");
    Console.Error.WriteLine("       CACL.Benchmarks augmentation [--size 224] [--batch 32] [--threads 2] [--steps 8]");
    Console.Error.WriteLine("       CACL.Benchmarks snapshot [--depth 18] [--queue 16384] [--threads 2] [--times 10]");
    Console.Error.WriteLine("           these four take --device cpu|cuda and --precision fp32|tf32|bf16|auto, too, and step --cuda-graph 1");
    Console.Error.WriteLine("       CACL.Benchmarks pixel-loss [--size 224] [--batch 32] [--queue 16384] [--threads 2]");
    Console.Error.WriteLine("       CACL.Benchmarks fill-catalog FILE [--rows 240000] [--frames 300] [--folder DIR] [--shards N --shard I]");
    Console.Error.WriteLine("       CACL.Benchmarks merge-catalogs OUT FILE,FILE,…");
    Console.Error.WriteLine("       CACL.Benchmarks catalog FILE [--samples 1000]");
    Console.Error.WriteLine("       CACL.Benchmarks start FILE [--run DIR] [--folder DIR] [--make-folder 0] [--resume 0]");
    Console.Error.WriteLine("       CACL.Benchmarks stream [--videos 10000000] [--decoders 1000] [--batch 32] [--pairs 100000] "
        + "[--decode-ms 0]");
    Console.Error.WriteLine("       CACL.Benchmarks simulate [--videos 10000000] [--decoders 1000] [--trainers 64] [--batch 32] "
        + "[--decode-ms 18.5] [--decode-spread-ms 10] [--step-ms 56] [--minutes 0.25]");
    Console.Error.WriteLine("       CACL.Benchmarks link [--size 224] [--pairs 2000] [--rounds 5] [--ways all|plain_tcp,link,…]");
    Console.Error.WriteLine("       CACL.Benchmarks link-decode CATALOG VIDEOS [--size 224] [--pairs 200] [--rounds 5]");
    Console.Error.WriteLine("       CACL.Benchmarks history [--steps 1000000]");
    Console.Error.WriteLine("       CACL.Benchmarks scalars [--seconds 20]");
    Console.Error.WriteLine("       CACL.Benchmarks suite [--help], which is tools/bench: all of it beside a peer");
    return 2;
}
