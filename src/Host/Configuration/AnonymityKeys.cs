using BondDhcp.Bond.Plan;
using BondDhcp.Dhcp.Client;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// <c>anonymity</c> (RFC 7844): what cannot be together with it is refused where it stands, because half a profile hides nothing,
/// and what it costs is told.
/// </summary>
internal static class AnonymityKeys
{
    private const string Mend = "; remove one of them";

    /// <summary>Adds the reader.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys) => keys.Add("anonymity", static (draft, value) =>
    {
        bool on = value.Boolean();
        draft.Configuration = draft.Configuration with { Anonymity = on };
        draft.Anonymity = on ? value : null;
    });

    /// <summary>What can be said only when everything has been read.</summary>
    public static void Check(InterfaceDraft draft, DaemonConfiguration daemon)
    {
        if (draft.Anonymity is not { } anonymity) return;
        CheckIdentity(anonymity, daemon);
        CheckOthers(draft);
        draft.Options.RefuseSent($"cannot go with anonymity = true: messages hold what RFC 7844 lists and nothing else{Mend}");
        draft.Options.WarnOfAsked("asked for beside what the anonymity profile asks for: by it this host can be told from others");
        Warn(draft, daemon, anonymity);
    }

    // RFC 7844 section 3.5: an identifier that is the same on every network defeats the profile.
    private static void CheckIdentity(ConfigurationValue anonymity, DaemonConfiguration daemon)
    {
        string? form = daemon.ClientIdentifierForm switch
        {
            ClientIdentifierForm.Duid => "client-id = \"duid\"",
            ClientIdentifierForm.BareDuid => "client-id = \"bare-duid\"",
            ClientIdentifierForm.Octets => "a client-id written down in hex",
            _ => null,
        };
        if (form is not null)
            anonymity.Refuse($"cannot go with {form}, which is the same on every network (RFC 7844); write client-id = \"mac\" before the first [table], of which this interface then sends its present hardware address, or remove anonymity");
    }

    private static void CheckOthers(InterfaceDraft draft)
    {
        InterfaceConfiguration configuration = draft.Configuration;
        Refuse(configuration.Iaid is not null, "iaid", "the IAID follows the hardware address (RFC 7844 section 4.5)");
        Refuse(configuration.Chaddr == ChaddrPolicy.Lease, "chaddr", "a lease ends with the hardware address it was granted to (RFC 7844 section 3.2)");
        Refuse(configuration.RapidCommit || configuration.RapidCommit6, "rapid-commit", "its option is not among those that RFC 7844 section 3 lists");
        Refuse(configuration.Ipv4LinkLocal, "ipv4-link-local", "the address is made of the DUID, and is the same on every network");
        Refuse(configuration.Inform, "inform", "it names an address that is the same under every hardware address (RFC 7844 section 3.2)");

        void Refuse(bool written, string key, string why)
        {
            if (written && draft.Find(key) is { } value) value.Refuse($"cannot go with anonymity = true: {why}{Mend}");
        }
    }

    private static void Warn(InterfaceDraft draft, DaemonConfiguration daemon, ConfigurationValue anonymity)
    {
        InterfaceConfiguration configuration = draft.Configuration;
        if (configuration is { Dhcp4: false, Dhcp6: null }) anonymity.Warn("has no effect: neither dhcp4 nor dhcp6 is on");
        foreach (string key in (ReadOnlySpan<string>)["addresses", "fallback"])
            if (draft.Find(key) is { } value) value.Warn("stays the same under every hardware address, and tells that they are one host's: anonymity is of DHCP alone");
        if (configuration is { Dhcp6: not null, PrefixLengthHint: not null } && draft.PrefixDelegation is { } prefixes)
            prefixes.Warn("few hosts ask for prefixes: by it this host can be told from others (RFC 7844 section 4.5.2)");
        if (configuration.Dhcp6 is not null && !daemon.Duid.IsEmpty)
            anonymity.Warn("the DUID written down is not sent here: DHCPv6 sends one made of the present hardware address (RFC 7844 section 4.3)");
        if (configuration.Master is { Kind: MasterKind.Bond } master && FollowsActive(master))
            anonymity.Warn("each failover gives the bond another hardware address, and so another identity and another IP address: connections end with it");
    }

    private static bool FollowsActive(MasterSettings master)
    {
        foreach (BondSetting wanted in master.WantedOptions)
            if (wanted.Option == BondOptionTable.FailOverMac) return wanted.Number == BondOptionTable.FailOverMacActive;
        return false;
    }
}
