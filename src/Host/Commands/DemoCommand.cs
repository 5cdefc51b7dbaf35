using BondDhcp.Host.Commands.Linux;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Commands;

/// <summary><c>demo</c>: the script <c>scripts/demo</c>, which is part of the program.</summary>
internal static class DemoCommand
{
    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        using Stream script = typeof(DemoCommand).Assembly.GetManifestResourceStream("demo")!;
        byte[] text = new byte[script.Length];
        script.ReadExactly(text);
        try
        {
            EmbeddedScript.Become("bonddhcp-demo", text, "BONDDHCP", Environment.ProcessPath!);
        }
        catch (LinuxException e)
        {
            Console.Error.WriteLine($"bonddhcp: {e.Message}");
        }
        return ExitCode.Failed;
    }
}
