namespace BondDhcp.Dhcp.Client;

/// <summary>A command of the user's to one client.</summary>
public enum DhcpCommand
{
    /// <summary>Extend now, as at T1.</summary>
    Renew,
    /// <summary>Extend now with any server, as at T2.</summary>
    Rebind,
    /// <summary>Give the lease back and stay idle until <see cref="Acquire"/>.</summary>
    Release,
    /// <summary>Get a lease; nothing when there is one.</summary>
    Acquire,
}

/// <summary>The words of the command line.</summary>
internal static class DhcpCommandName
{
    internal static string Of(DhcpCommand command) => command switch
    {
        DhcpCommand.Renew => "renew",
        DhcpCommand.Rebind => "rebind",
        DhcpCommand.Release => "release",
        _ => "acquire",
    };
}
