using System.Diagnostics;

namespace BondDhcp.Tests.Beds;

/// <summary>What a program printed and how it ended.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs programs to their end.</summary>
public static class Programs
{
    /// <summary>No program of a bed needs longer; one that does hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program and returns its output; another exit code than 0 is an error.</summary>
    public static string Run(string program, params string[] arguments) => RunWithInput(new ProcessStartInfo(program, arguments), "");

    /// <inheritdoc cref="Run(string, string[])"/>
    public static string RunWithInput(ProcessStartInfo start, string input)
    {
        ProgramResult result = TryRunAsync(start, input).GetAwaiter().GetResult();
        if (result.ExitCode != 0) throw new BedException($"{start.FileName} {string.Join(' ', start.ArgumentList)}: {result}\ninput:\n{input}");
        return result.Output;
    }

    /// <summary>Runs a program to its end, whatever that is.</summary>
    public static async Task<ProgramResult> TryRunAsync(ProcessStartInfo start, string input = "", TimeSpan? patience = null)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start) ?? throw new BedException($"{start.FileName} did not start");
        using CancellationTokenSource limit = new(patience ?? Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new BedException($"{start.FileName} {string.Join(' ', start.ArgumentList)}: no end after {patience ?? Patience}");
        }
    }
}
