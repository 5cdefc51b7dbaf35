using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Import.Running;

/// <summary>Ends a DHCP client so that its addresses stay and its server hears nothing.</summary>
internal static class ClientStop
{
    /// <summary>The kernel ends a process at once, unless it waits for a disk.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Ends it with SIGKILL. <c>dhclient -x</c> would run its script, which takes the address away; SIGTERM does nothing of the
    /// kind in most builds, and releases the lease in those with a gentle shutdown. dhcp6c releases and takes away what it has at
    /// SIGTERM and SIGHUP (dhcp6c(8)). Null when it has ended, else why not.
    /// </summary>
    public static string? Stop(ClientProcess process)
    {
        // systemd runs ExecStop= when a service ends by itself, and that of a client's unit gives the lease back.
        if (process.Unit is { } unit && UnitCommands.Silence(unit) is { } refused) return refused;
        try
        {
            using ProcessDescriptor? running = ProcessDescriptor.Open(process.Identity);
            if (running is null || !running.Kill()) return null;
            return running.WaitForEnd(s_patience) ? null : "it did not end";
        }
        catch (LinuxException error)
        {
            return error.Message;
        }
    }
}
