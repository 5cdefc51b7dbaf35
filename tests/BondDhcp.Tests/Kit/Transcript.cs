using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Arp;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Tests.Kit;

/// <summary>
/// What went into a client and what came out, as a person reads it: one line an input with time and state, indented
/// lines for the effects. Transaction identifiers are numbered in order of appearance, so that the text is the same
/// whatever the entropy was.
/// </summary>
public sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private readonly List<uint> _xids = [];

    /// <summary>The number of a transaction identifier: 1 for the first one seen.</summary>
    public int NumberOf(uint xid)
    {
        int index = _xids.IndexOf(xid);
        if (index >= 0) return index + 1;
        _xids.Add(xid);
        return _xids.Count;
    }

    public void Add(Instant at, string input, Dhcp4Client after, IReadOnlyList<Dhcp4Effect> effects)
    {
        // A deadline that only moves a timer is no event.
        if (input == "deadline" && effects.Count == 0) return;
        _text.Append(CultureInfo.InvariantCulture, $"{at.Seconds,11:F3} {after.StateName,-11} {input}\n");
        foreach (Dhcp4Effect effect in effects) _text.Append("            ").Append(Describe(effect)).Append('\n');
    }

    public static string Describe(Dhcp4Input input) => input switch
    {
        Dhcp4Input.Start start => FormattableString.Invariant($"start leases={start.Memory.Leases.Length} present={start.AddressPresent} usable={start.Usable}"),
        Dhcp4Input.Stop stop => $"stop release={stop.Release}",
        Dhcp4Input.LinkUsable usable => $"link usable, network {usable.Network}",
        Dhcp4Input.LinkUnusable unusable => $"link unusable: {unusable.Why}",
        Dhcp4Input.PathChanged changed => $"path changed ({changed.Why}), network {changed.Network}",
        Dhcp4Input.DeadlineReached => "deadline",
        Dhcp4Input.ArpReceived arp => "arp " + Describe(arp.Packet),
        Dhcp4Input.Retransmitted retransmitted => $"sent again with chaddr {retransmitted.Chaddr}",
        Dhcp4Input.Command command => $"command {command.What}",
        _ => input.GetType().Name,
    };

    public static string Describe(in ArpPacket packet) =>
        $"{(packet.Operation == ArpPacket.Reply ? "reply" : "request")} {packet.SenderAddress} ({packet.SenderHardware}) to {packet.TargetAddress}";

    public string Describe(Dhcp4Reply reply) =>
        FormattableString.Invariant($"DHCP{reply.Type.ToString().ToUpperInvariant()} xid #{NumberOf(reply.Xid)} chaddr {reply.Chaddr} yiaddr {reply.Yiaddr} server {reply.ServerIdentifier}");

    public override string ToString() => _text.ToString();

    private string Describe(Dhcp4Effect effect) => effect switch
    {
        Dhcp4Effect.Transmit transmit => "send " + Describe(transmit.Message),
        Dhcp4Effect.TransmitArp arp => $"send ARP {Describe(arp.Packet)} by {arp.Destination}",
        Dhcp4Effect.Configure configure => $"configure {configure.Lease.Prefix}{(configure.Previous is { } previous ? $", before: {previous.Prefix}" : "")}",
        Dhcp4Effect.Deconfigure deconfigure => $"deconfigure {deconfigure.Lease.Prefix}: {deconfigure.Why}",
        Dhcp4Effect.Persist persist => $"persist {string.Join(", ", persist.Memory.Leases.Select(Describe))}",
        Dhcp4Effect.Tell tell => $"tell {tell.Report.Event}{string.Concat(tell.Report.Fields.Select(field => string.Create(CultureInfo.InvariantCulture, $" {field.Name}={field.Value}")))}",
        Dhcp4Effect.CommandDone done => $"command {done.Command} {(done.Succeeded ? "done" : "refused: " + done.Why)}",
        _ => effect.ToString()!,
    };

    private static string Describe(Dhcp4Lease lease) => string.Create(
        CultureInfo.InvariantCulture,
        $"{lease.Address} of {lease.ServerIdentifier} chaddr {lease.Chaddr}{(lease.KeyedByChaddr ? " keyed by it" : "")} gateway {lease.GatewayMac?.ToString() ?? "unknown"} T1 {lease.RenewAt.Seconds:F3} T2 {lease.RebindAt.Seconds:F3} end {lease.ExpiresAt.Seconds:F3}");

    private string Describe(Dhcp4Transmission message)
    {
        var text = new StringBuilder("DHCP").Append(message.Type.ToString().ToUpperInvariant());
        if (message.RequestKind != Dhcp4RequestKind.None) text.Append('(').Append(message.RequestKind).Append(')');
        text.Append(CultureInfo.InvariantCulture, $" xid #{NumberOf(message.Xid)} secs {message.Secs}");
        if (message.Broadcast) text.Append(" broadcast");
        if (!message.Ciaddr.IsAny) text.Append(" ciaddr ").Append(message.Ciaddr);
        text.Append(" chaddr ").Append(message.Chaddr?.ToString() ?? "current");
        if (message.RequestedAddress is { } requested) text.Append(" requested ").Append(requested);
        if (message.ServerIdentifier is { } server) text.Append(" server ").Append(server);
        if (message.RapidCommit) text.Append(" rapid-commit");
        if (message.AutoConfigure) text.Append(" auto-configure");
        if (message.Message is { } words) text.Append(" '").Append(words).Append('\'');
        return text.Append(" by ").Append(message.Source).Append(" to ").Append(message.Destination).ToString();
    }
}
