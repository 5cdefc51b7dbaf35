using BondDhcp.Host.Commands;

CommandLine.Result line = CommandLine.Parse(args, Environment.GetEnvironmentVariable);
switch (line.Verdict)
{
    case CommandLine.Verdict.Help:
        HelpText.Write(Console.Out, line.Command);
        return ExitCode.Done;
    case CommandLine.Verdict.Version:
        Console.Out.WriteLine($"bonddhcp {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}");
        return ExitCode.Done;
    case CommandLine.Verdict.Wrong:
        Console.Error.WriteLine($"bonddhcp: {line.Message}");
        Console.Error.WriteLine(HelpText.UsageOf(line.Command));
        return ExitCode.Usage;
    default:
        return line.Invocation!.Command.Run(line.Invocation);
}
