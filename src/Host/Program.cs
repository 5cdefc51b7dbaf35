using System.Text;
using BondDhcp.Host.Commands;
using BondDhcp.Host.Commands.Linux;
using BondDhcp.Host.Text;
using BondDhcp.Net.Linux;

BrokenPipe.EndProcess(); // the daemon changes that for itself
Console.SetOut(new StreamWriter(new StandardStream(StandardStream.Output), new UTF8Encoding(false)) { AutoFlush = true });
Console.SetError(new StreamWriter(new StandardStream(StandardStream.Error), new UTF8Encoding(false)) { AutoFlush = true });

CommandLine.Result line = CommandLine.Parse(args, Environment.GetEnvironmentVariable);
try
{
    switch (line.Verdict)
    {
        case CommandLine.Verdict.Help:
            HelpText.Write(Console.Out, line.Command);
            return ExitCode.Done;
        case CommandLine.Verdict.Version:
            Console.Out.WriteLine($"bonddhcp {ProgramVersion.Text}");
            return ExitCode.Done;
        case CommandLine.Verdict.Wrong:
            Console.Error.WriteLine($"bonddhcp: {line.Message}");
            Console.Error.WriteLine(HelpText.UsageOf(line.Command));
            return ExitCode.Usage;
        default:
            return line.Invocation!.Command.Run(line.Invocation);
    }
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
{
    Console.Error.WriteLine($"bonddhcp: {e.Message}");
    return ExitCode.Failed;
}
