using BondDhcp.Host.Commands.Linux;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Commands;

/// <summary><c>demo</c>: the script <c>scripts/demo</c> with <c>scripts/uml</c> before it, which are part of the program.</summary>
internal static class DemoCommand
{
    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        using MemoryStream text = new();
        foreach (string name in (ReadOnlySpan<string>)["uml", "demo"])
        {
            using Stream script = typeof(DemoCommand).Assembly.GetManifestResourceStream(name)!;
            script.CopyTo(text);
        }
        try
        {
            EmbeddedScript.Become("bonddhcp-demo", text.ToArray(), "BONDDHCP", Environment.ProcessPath!);
        }
        catch (LinuxException e)
        {
            Console.Error.WriteLine($"bonddhcp: {e.Message}");
        }
        return ExitCode.Failed;
    }
}
