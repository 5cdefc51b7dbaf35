using BondDhcp.Bond.Links;
using BondDhcp.Host.Runner;
using BondDhcp.Net;

namespace BondDhcp.Host.Paths;

/// <summary>
/// Whether frames of an interface get out. A bond shows a carrier while its active slave still negotiates with an
/// access point, and so does everything above the bond: what counts is the device at the bottom, and its supplicant.
/// </summary>
/// <param name="table">What the kernel says of links.</param>
internal sealed class PathGate(LinkTable table)
{
    // A bridge over a VLAN over a bond is three; a loop of devices is a fault of whoever made it, not a reason to hang.
    private const int MaxDepth = 8;

    /// <summary>What the supplicant on an interface of this name says; null where none is to run.</summary>
    public Func<string, SupplicantGate?> Supplicant { get; set; } = static _ => null;

    /// <summary>Which network a slave leads into, as far as was found out before it was needed.</summary>
    public Func<Link, (PathClass Network, MacAddress? Gateway)> Classify { get; set; } = static _ => (PathClass.Unknown, null);

    /// <summary>A supplicant or a probe said something new. What the kernel says is told by <see cref="NetworkState.Changed"/>.</summary>
    public event Action? Changed;

    /// <summary>Raises <see cref="Changed"/>.</summary>
    public void Notify() => Changed?.Invoke();

    /// <summary>The path of this interface.</summary>
    public PathView Look(Link link) => Look(link, MaxDepth);

    /// <summary>The path that ends at this device, whatever master it has.</summary>
    public PathView LookAtDevice(Link device)
    {
        SupplicantGate? gate = Supplicant(device.Name);
        // The supplicant knows better why there is no carrier than the kernel does.
        if (gate is { Open: false } closed) return PathView.Closed(closed.Why, device.Index);
        if (!device.IsUsable) return PathView.Closed(WhyUnusable(device), device.Index);
        return PathOf(device);
    }

    private PathView PathOf(Link device)
    {
        SupplicantGate? gate = Supplicant(device.Name);
        (PathClass network, MacAddress? gateway) = Classify(device);
        return new PathView(true, "", device.Index)
        {
            Attachment = gate?.Attachment,
            IsEap = gate?.IsEap ?? false,
            Network = network,
            Gateway = gateway,
        };
    }

    /// <summary>
    /// The bond in active-backup that carries an interface: itself, or one below it. Null where there is none.
    /// </summary>
    /// <param name="link">The interface.</param>
    /// <param name="tagged">A VLAN lies between: what the interface sends leaves the bond with a tag.</param>
    public Link? BondBelow(Link link, out bool tagged)
    {
        tagged = false;
        return BondBelow(link, MaxDepth, ref tagged);
    }

    private Link? BondBelow(Link link, int depth, ref bool tagged)
    {
        if (depth == 0) return null;
        if (link is { Bond.Mode: BondState.ActiveBackup }) return link;
        if (link is { Kind: "vlan", LowerIndex: > 0 } && table.Links.TryGetValue(link.LowerIndex, out Link? lower))
        {
            tagged = true;
            return BondBelow(lower, depth - 1, ref tagged);
        }
        if (link.Kind != "bridge") return null;
        foreach (Link port in SlavesOf(link))
        {
            bool tags = tagged;
            if (BondBelow(port, depth - 1, ref tags) is not { } bond) continue;
            tagged = tags;
            return bond;
        }
        return null;
    }

    private PathView Look(Link link, int depth)
    {
        if (depth == 0) return PathView.Closed("its devices stand on each other in a circle", link.Index);
        PathView below = link switch
        {
            { Bond: { Mode: BondState.ActiveBackup } bond } => ActivePath(link, bond, depth),
            { Bond: not null } or { Kind: "bridge" } => AnyPath(link, depth),
            { Kind: "vlan", LowerIndex: > 0 } when table.Links.TryGetValue(link.LowerIndex, out Link? lower) => Look(lower, depth - 1),
            _ => LookAtDevice(link),
        };
        // Above a device that cannot be used nothing can; the reason at the bottom says more.
        return !below.Usable || link.IsUsable ? below : PathView.Closed(WhyUnusable(link), below.Device);
    }

    private PathView ActivePath(Link bond, BondState state, int depth)
    {
        if (!table.Links.TryGetValue(state.ActiveSlave, out Link? active)) return NoPath(bond, depth);
        PathView path = Look(active, depth - 1);
        if (path.Usable) return path;
        // Its carrier went a moment ago: the bond notices at its next look and takes the other slave, and that is the
        // event. To close and open again in between would make two of it.
        if (!active.Carrier && state.MiimonMilliseconds > 0 && Supplicant(active.Name) is not { Open: false }
            && SlavesOf(bond).Any(slave => slave.Index != active.Index && Look(slave, depth - 1).Usable))
            return PathOf(active);
        return path with { Why = $"{active.Name}: {path.Why}" };
    }

    private PathView AnyPath(Link master, int depth)
    {
        PathView? first = null;
        foreach (Link slave in SlavesOf(master))
        {
            PathView path = Look(slave, depth - 1);
            if (!path.Usable) continue;
            // A bond below is a device whose path changes; another port's does not.
            if (slave.Bond is not null) return path;
            first ??= path with { Device = master.Index };
        }
        // A bridge without ports carries what its own host sends to itself: its carrier says so.
        return first ?? NoPath(master, depth);
    }

    private PathView NoPath(Link master, int depth)
    {
        if (!master.IsUp) return PathView.Closed(WhyUnusable(master), master.Index);
        string[] reasons = [.. SlavesOf(master).Select(slave => $"{slave.Name}: {NotActive(Look(slave, depth - 1))}")];
        return PathView.Closed(reasons.Length == 0 ? "no slave" : string.Join("; ", reasons), master.Index);
    }

    private static string NotActive(PathView path) => path.Usable ? "not chosen by the bond yet" : path.Why;

    /// <summary>Its slaves or ports, in the order of their indices.</summary>
    public IEnumerable<Link> SlavesOf(Link master) =>
        table.Links.Values.Where(link => link.MasterIndex == master.Index).OrderBy(link => link.Index);

    /// <summary>Why the kernel would not carry a frame on this link; empty when it would.</summary>
    public static string WhyUnusable(Link link) =>
        link.IsUsable ? ""
        : !link.IsUp ? "the interface is down"
        : (link.Flags & LinkFlags.LowerUp) == 0 ? "no carrier"
        : $"operational state {InterfaceReports.OperStateOf(link)}";
}
