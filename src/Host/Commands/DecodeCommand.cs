using BondDhcp.Dhcp.Capture;
using BondDhcp.Net;
using Microsoft.Win32.SafeHandles;

namespace BondDhcp.Host.Commands;

/// <summary><c>decode</c>: a capture's DHCP messages; no daemon needed.</summary>
internal static class DecodeCommand
{
    // What tcpdump -w writes to and others read from; a file of that name is "./-".
    private const string StandardInput = "-";

    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        string file = invocation.Arguments[0] == StandardInput ? "standard input" : invocation.Arguments[0];
        try
        {
            using FileStream input = Open(invocation.Arguments[0]);
            using StreamWriter output = QueryCommands.Output();
            CaptureDecoder.Run(input, output, invocation.Json, out string? error);
            if (error is null) return ExitCode.Done;
            output.Flush(); // what was readable comes before the complaint
            Console.Error.WriteLine($"bonddhcp: {file}: {error}");
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"bonddhcp: {file}: {IoFailure.Of(e, file)}");
            return ExitCode.Failed;
        }
    }

    private static FileStream Open(string file) => file == StandardInput
        ? new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 65536)
        : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 65536);
}
