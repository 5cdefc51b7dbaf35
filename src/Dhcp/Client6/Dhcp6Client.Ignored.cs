using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client6;

public sealed partial record Dhcp6Client
{
    /// <summary>The last answer that the configuration has ignored; null for none.</summary>
    internal IgnoredAnswer? Ignored { get; init; }

    /// <summary>What is said of the answer ignored while its exchange goes on and has no other; null for nothing.</summary>
    private string? IgnoredWhy =>
        Ignored is not { } ignored || (ignored.Xid != State.ExchangeInState?.Xid && ignored.Xid != InformationBeside?.Xid) ? null
        : State is Dhcp6State.Soliciting { Solicitation.Advertises.IsEmpty: false } or Dhcp6State.Unconfirmed or Dhcp6State.Releasing ? null
        : Lease is null ? ignored.Words
        : $"{ignored.Words}; the lease is in force until it ends";

    /// <summary>With what became of an answer: one of the same kind again is nothing new.</summary>
    private Dhcp6Client AfterAnswer(Dhcp6Reply reply, uint xid, Dhcp6DropReason dropped)
    {
        if (dropped is not (Dhcp6DropReason.ServerNotAllowed or Dhcp6DropReason.MissingOption)) return this;
        string server = reply.ServerIdentifier.ToString();
        bool lacks = dropped == Dhcp6DropReason.MissingOption;
        if (Ignored is { } known && known.Xid == xid && known.Server == server && known.Missing.IsEmpty != lacks) return this;
        return this with
        {
            Ignored = new IgnoredAnswer(
                xid, server,
                lacks ? [.. Settings.RequireOptions.Where(code => !reply.Options.Any(option => option.Code == code)).Select(static code => "dhcp6." + Dhcp6OptionTable.Of(code).Name)] : [],
                Settings.RejectServers.Contains(reply.ServerIdentifier)),
        };
    }
}
