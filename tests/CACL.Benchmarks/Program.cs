using CACL.Benchmarks;

// One verb a measurement. Each prints one line of JSON, so that a script can alternate it with another program's and compare.
return args switch
{
    ["decode", var folder, .. var options] => DecodeBenchmark.Run(folder, Options.Parse(options)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: CACL.Benchmarks decode VIDEOS [--workers 2] [--size 224] [--pairs 200] [--seed 0]");
    return 2;
}
