using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using BondDhcp.Bench;

[assembly: SupportedOSPlatform("linux")]

// make bench: every table to stdout and docs/bench.md; with a name, that table to stdout only.
(string Name, Func<Task<Table>> Run)[] tables =
[
    ("start", StartRace.RunAsync),
    ("start6", Start6Race.RunAsync),
    ("start6-ready", Start6Race.RunFromLinkLocalAsync),
    ("start6-whole", Start6Race.RunWholeAsync),
    ("both", Start6Race.RunBothAsync),
    ("reactions", ReactionBench.RunAsync),
    ("footprint", FootprintBench.RunAsync),
    ("supervisor", FootprintBench.RunSupervisedAsync),
    ("bond", BondBench.RunAsync),
    ("wifi", ColdStartBench.RunAsync),
    ("steps", () => Task.FromResult(StepBench.Run())),
];
if (args is ["micro"])
{
    BenchmarkDotNet.Running.BenchmarkRunner.Run<StepBenchmarks>();
    return 0;
}
if (args is ["capture" or "capture6", var directory, .. { Length: <= 1 } only])
{
    string named = only is [var part] ? part : "";
    if (args[0] == "capture") await Captures.MakeAsync(directory, named);
    await Captures6.MakeAsync(directory, named);
    return 0;
}
if (args is [var one])
{
    foreach ((string name, Func<Task<Table>> run) in tables)
        if (name == one)
        {
            Console.WriteLine(await run());
            return 0;
        }
    Console.Error.WriteLine($"unknown table '{one}': {string.Join(", ", tables.Select(t => t.Name))}, micro for BenchmarkDotNet, or capture or capture6 DIRECTORY [NAME]");
    return 2;
}

List<string> pieces = [];
foreach ((_, Func<Task<Table>> run) in tables)
{
    pieces.Add((await run()).ToString());
    Console.WriteLine(pieces[^1]);
}
string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
Directory.CreateDirectory("docs");
File.WriteAllText("docs/bench.md", $"# Measured\n\n`make bench` made this on Linux {kernel} ({RuntimeInformation.OSArchitecture}), {Environment.ProcessorCount} processors. All of it in private network namespaces.\n\n{string.Join('\n', pieces)}");
return 0;
