using BondDhcp.Bond.Links;
using BondDhcp.Net;

namespace BondDhcp.Tests.Kit;

/// <summary>Links as the kernel would describe them, for tests that need no kernel.</summary>
internal static class Links
{
    private const LinkFlags Running = LinkFlags.Up | LinkFlags.Broadcast | LinkFlags.Running | LinkFlags.LowerUp;

    /// <summary>Up, with a carrier.</summary>
    public static Link Up(int index, string name, int master = 0) => new()
    {
        Index = index,
        Name = name,
        Mac = MacAddress.Parse(FormattableString.Invariant($"02:00:00:00:00:{index:x2}")),
        Flags = Running,
        OperationalState = OperationalState.Up,
        Carrier = true,
        Mtu = 1500,
        MasterIndex = master,
    };

    /// <summary>The same without a carrier.</summary>
    public static Link Unplugged(this Link link) => link with
    {
        Flags = LinkFlags.Up | LinkFlags.Broadcast,
        OperationalState = OperationalState.Down,
        Carrier = false,
    };

    /// <summary>The same, associated and not authorised yet.</summary>
    public static Link Dormant(this Link link) => link with { Flags = link.Flags | LinkFlags.Dormant, OperationalState = OperationalState.Dormant };

    /// <summary>A bond in active-backup with this active slave, 0 for none.</summary>
    public static Link Bond(int index, string name, int active) =>
        (active == 0 ? Up(index, name).Unplugged() : Up(index, name)) with { Kind = "bond", Bond = new BondState(1, active, 0, 0, 1, 100, 0, 0, 2) };

    /// <summary>A table of these.</summary>
    public static LinkTable Table(params Link[] links)
    {
        LinkTable table = new();
        table.Replace([.. links], [], []);
        return table;
    }
}
