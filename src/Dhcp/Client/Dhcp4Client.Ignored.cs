using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Client;

public sealed partial record Dhcp4Client
{
    /// <summary>The last answer that the configuration has ignored; null for none.</summary>
    internal IgnoredAnswer? Ignored { get; init; }

    /// <summary>What is said of the answer ignored while its exchange goes on and has no other; null for nothing.</summary>
    private string? IgnoredWhy =>
        !IsIgnoredNow ? null : Lease is null ? Ignored!.Words : $"{Ignored!.Words}; the lease is in force until it ends";

    /// <summary>The exchange under way was answered, and the answer was ignored. A DHCPREQUEST has the xid of its OFFER.</summary>
    internal bool IsIgnoredNow => Ignored is { } ignored && TryFindExchange(ignored.Xid, out _) && State switch
    {
        Dhcp4State.Selecting selecting => selecting.Acquisition.Offers.IsEmpty,
        Dhcp4State.Requesting requesting => requesting.Acquisition.Offer?.ServerIdentifier.ToString() == ignored.Server,
        Dhcp4State.Probing => false,
        _ => true,
    };

    /// <summary>With what became of an answer: one of the same kind again is nothing new.</summary>
    private Dhcp4Client AfterAnswer(Dhcp4Reply reply, Dhcp4DropReason dropped)
    {
        if (dropped is not (Dhcp4DropReason.ServerNotAllowed or Dhcp4DropReason.MissingOption)) return this;
        string server = reply.ServerIdentifier.ToString();
        bool lacks = dropped == Dhcp4DropReason.MissingOption;
        if (Ignored is { } known && known.Xid == reply.Xid && known.Server == server && known.Missing.IsEmpty != lacks) return this;
        return this with
        {
            Ignored = new IgnoredAnswer(
                reply.Xid, server,
                lacks ? [.. Settings.RequireOptions.Where(code => !reply.Options.Any(option => option.Code == code)).Select(static code => Dhcp4OptionTable.Of(code).Name)] : [],
                Settings.RejectServers.Contains(reply.ServerIdentifier)),
        };
    }
}
