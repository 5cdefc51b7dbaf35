using BondDhcp.Dhcp.Capture;
using BondDhcp.Net;

namespace BondDhcp.Host.Commands;

/// <summary><c>decode</c>: a capture's DHCP messages; no daemon needed.</summary>
internal static class DecodeCommand
{
    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        try
        {
            using FileStream input = new(invocation.Arguments[0], FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 65536);
            using StreamWriter output = QueryCommands.Output();
            CaptureDecoder.Run(input, output, invocation.Json, out string? error);
            if (error is null) return ExitCode.Done;
            output.Flush(); // what was readable comes before the complaint
            Console.Error.WriteLine($"bonddhcp: {invocation.Arguments[0]}: {error}");
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"bonddhcp: {invocation.Arguments[0]}: {IoFailure.Of(e, invocation.Arguments[0])}");
            return ExitCode.Failed;
        }
    }
}
