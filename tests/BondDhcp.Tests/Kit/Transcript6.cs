using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Tests.Kit;

/// <summary>As <see cref="Transcript"/>, of the DHCPv6 client.</summary>
public sealed class Transcript6
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

    public void Add(Instant at, string input, Dhcp6Client after, IReadOnlyList<Dhcp6Effect> effects)
    {
        // A deadline that only moves a timer is no event.
        if (input == "deadline" && effects.Count == 0) return;
        _text.Append(CultureInfo.InvariantCulture, $"{at.Seconds,11:F3} {after.StateName,-11} {input}\n");
        foreach (Dhcp6Effect effect in effects) _text.Append("            ").Append(Describe(effect)).Append('\n');
    }

    public static string Describe(Dhcp6Input input) => input switch
    {
        Dhcp6Input.Start start => FormattableString.Invariant($"start leases={start.Memory.Leases.Length} present={start.Present} usable={start.Usable} from {start.LinkLocal}"),
        Dhcp6Input.Stop stop => $"stop release={stop.Release}",
        Dhcp6Input.LinkUsable usable => $"link usable, network {usable.Network}",
        Dhcp6Input.LinkUnusable unusable => $"link unusable: {unusable.Why}",
        Dhcp6Input.PathChanged changed => $"path changed ({changed.Why}), network {changed.Network}",
        Dhcp6Input.LinkLocalReady ready => $"link-local {ready.Address}",
        Dhcp6Input.LinkLocalGone gone => $"no link-local address: {gone.Why}",
        Dhcp6Input.RouterAdvertised advertised => $"router advertises M={advertised.Flags.Managed} O={advertised.Flags.OtherConfiguration}",
        Dhcp6Input.AddressReady ready => $"{ready.Address} is free",
        Dhcp6Input.AddressDuplicate duplicate => $"{duplicate.Address} is another host's",
        Dhcp6Input.AddressRemoved removed => $"{removed.Address} was removed",
        Dhcp6Input.DeadlineReached => "deadline",
        Dhcp6Input.Command command => $"command {command.What}",
        _ => input.GetType().Name,
    };

    public override string ToString() => _text.ToString();

    private string Describe(Dhcp6Effect effect) => effect switch
    {
        Dhcp6Effect.Transmit transmit => "send " + Describe(transmit.Message),
        Dhcp6Effect.Announce announce => $"announce {string.Join(' ', announce.Addresses)}",
        Dhcp6Effect.SolicitRouters => "solicit routers",
        Dhcp6Effect.Configure configure => $"configure {Describe(configure.Lease)}{(configure.Previous is { } previous ? $", before: {Describe(previous)}" : "")}",
        Dhcp6Effect.Deconfigure deconfigure => $"deconfigure {Describe(deconfigure.Lease)}: {deconfigure.Why}",
        Dhcp6Effect.Persist persist => $"persist {string.Join(", ", persist.Memory.Leases.Select(lease => Describe(lease)))}",
        Dhcp6Effect.Tell tell => $"tell {tell.Report.Event}{string.Concat(tell.Report.Fields.Select(field => string.Create(CultureInfo.InvariantCulture, $" {field.Name}={field.Value}")))}",
        Dhcp6Effect.CommandDone done => $"command {done.Command} {(done.Succeeded ? "done" : "refused: " + done.Why)}",
        _ => effect.ToString()!,
    };

    private static string Describe(Dhcp6Lease lease) => string.Create(
        CultureInfo.InvariantCulture,
        $"[{string.Join(' ', lease.Addresses.Select(one => one.Address.ToString()).Concat(lease.Prefixes.Select(one => one.Prefix.ToString())))} T1 {lease.RenewAt} T2 {lease.RebindAt} end {lease.ExpiresAt}]");

    private string Describe(Dhcp6Transmission message)
    {
        var text = new StringBuilder(Dhcp6MessageName.Of(message.Type));
        text.Append(CultureInfo.InvariantCulture, $" xid #{NumberOf(message.Xid)} elapsed {message.ElapsedCentiseconds}");
        if (message.ServerIdentifier is { } server) text.Append(" server ").Append(server);
        foreach (Dhcp6IaNaRequest ia in message.IaNas) text.Append(" IA_NA(").AppendJoin(' ', ia.Addresses).Append(')');
        foreach (Dhcp6IaPdRequest ia in message.IaPds) text.Append(" IA_PD(").AppendJoin(' ', ia.Prefixes).Append(')');
        if (!message.OptionRequest.IsEmpty) text.Append(" ORO(").AppendJoin(' ', message.OptionRequest).Append(')');
        if (message.RapidCommit) text.Append(" rapid-commit");
        return text.ToString();
    }
}
