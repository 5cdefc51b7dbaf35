using BondDhcp.Host.Control;

namespace BondDhcp.Host.Commands;

/// <summary>Commands that change something: the daemon does them, and answers when they are done.</summary>
internal static class ChangeCommands
{
    /// <summary>For a lease.</summary>
    private static readonly TimeSpan s_leaseTimeout = TimeSpan.FromSeconds(60);

    /// <inheritdoc cref="CommandSpec.Run"/>
    public static int Run(Invocation invocation)
    {
        ControlRequest request = new(invocation.Command.Name, invocation.Arguments) { Ipv4 = invocation.Ipv4, Ipv6 = invocation.Ipv6 };
        bool ends = request is { Command: "stop", Arguments.IsEmpty: true };
        return DaemonCall.Ask(invocation, request, invocation.Timeout ?? s_leaseTimeout, ends: ends);
    }
}
