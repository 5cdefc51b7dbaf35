using System.Globalization;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>Brings the stanzas of <c>/etc/network/interfaces</c> into the configuration to be.</summary>
internal sealed class InterfacesImport
{
    private readonly ImportDraft _draft;
    private readonly InterfacesFile _file;

    private InterfacesImport(ImportDraft draft, InterfacesFile file) => (_draft, _file) = (draft, file);

    /// <summary>Reads the stanzas into the draft.</summary>
    public static void Take(InterfacesFile file, ImportDraft draft)
    {
        var import = new InterfacesImport(draft, file);
        foreach (InterfacesStanza stanza in file.Stanzas) import.TakeStanza(stanza);
    }

    private void TakeStanza(InterfacesStanza stanza)
    {
        if (stanza.Family.Length == 0 || stanza.Method == "loopback") return; // a template, or the kernel's own
        string name = stanza.Name;
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0) name = name[..colon]; // an alias interface: its addresses are the interface's
        if (NameRules.WhyNotInterfaceName(name) is { } why || name.StartsWith('/'))
        {
            _draft.Lose(stanza.From, $"iface {EscapedText.Of(stanza.Name)}: a pattern or no name of an interface; write a section for each interface");
            return;
        }
        ImportedInterface one = _draft.Of(name, stanza.From);
        _draft.Stanzas.Add(stanza.From);
        TakeMethod(one, stanza);
        TakeAddress(one, stanza);
        foreach (InterfacesOption option in stanza.Options) TakeOption(one, stanza, option);
        if (!_file.IsStarted(stanza.Name) && !_file.IsStarted(name))
            _draft.Remark(stanza.From, $"{name} is neither 'auto' nor 'allow-hotplug': ifupdown waits for 'ifup {name}', and bonddhcp configures it whenever it is there; take the section out if that is not wanted");
    }

    private void TakeMethod(ImportedInterface one, InterfacesStanza stanza)
    {
        switch (stanza.Family, stanza.Method)
        {
            case ("inet", "dhcp"):
                _draft.Set(one, "dhcp4", new ImportedValue("true", stanza.From));
                break;
            case ("inet6", "dhcp"):
                _draft.Set(one, "dhcp6", new ImportedValue("true", stanza.From));
                break;
            case ("inet6", "auto"):
                bool asks = stanza.Options.Any(option => option is { Name: "dhcp", Value: "1" });
                if (asks) _draft.Set(one, "dhcp6", new ImportedValue("\"stateless\"", stanza.From));
                else _draft.Remark(stanza.From, $"inet6 auto of {one.Name}: addresses from router advertisements are the kernel's business and go on; write dhcp6 = \"auto\" to ask for more where a router says so");
                break;
            case ("inet", "static") when one.Name == stanza.Name: // of an alias interface it says nothing of the interface itself
                one.Static4 ??= stanza.From;
                break;
            case ("inet6", "static") when one.Name == stanza.Name:
                one.Static6 ??= stanza.From;
                break;
            case ("inet" or "inet6", "static" or "manual"):
                break;
            default:
                _draft.Lose(stanza.From, $"iface {one.Name} {stanza.Family} {stanza.Method}: no counterpart");
                break;
        }
    }

    private void TakeAddress(ImportedInterface one, InterfacesStanza stanza)
    {
        if (stanza.Method != "static") return;
        InterfacesOption? mask = stanza.Options.LastOrDefault(option => option.Name == "netmask");
        foreach (InterfacesOption option in stanza.Options.Where(option => option.Name == "address"))
        {
            if (AddressOf(option.Value, mask?.Value, stanza.Family) is { } address) one.Add("addresses", new ImportedValue(TomlText.Quote(address), option.From));
            else _draft.Lose(option.From, $"address {EscapedText.Of(option.Value)}: it is none, or has no netmask");
        }
        if (stanza.Options.LastOrDefault(option => option.Name == "gateway") is not { } gateway || gateway.Value is "none" or "") return;
        string? metric = stanza.Options.LastOrDefault(option => option.Name == "metric")?.Value;
        string route = $"default via {gateway.Value}" + (metric is null ? "" : " metric " + metric);
        if (StaticRouteText.Read(route, out string why) is not null) one.Add("routes", new ImportedValue(TomlText.Quote(route), gateway.From));
        else _draft.Lose(gateway.From, $"gateway {why}");
    }

    private static string? AddressOf(string text, string? mask, string family)
    {
        string length = mask ?? "";
        if (Ipv4Address.TryParse(mask, out Ipv4Address netmask)) length = Ipv4Prefix.TryFromMask(netmask, out int bits) ? bits.ToString(CultureInfo.InvariantCulture) : "";
        if (!text.Contains('/', StringComparison.Ordinal))
        {
            // interfaces(5): without a netmask it is the one of the address's class, and 64 in IPv6.
            if (length.Length == 0 && mask is null)
                length = family == "inet6" ? "64" : Ipv4Address.TryParse(text, out Ipv4Address address) ? address.ClassfulPrefixLength.ToString(CultureInfo.InvariantCulture) : "";
            text = $"{text}/{length}";
        }
        return StaticText.ReadAddress(text, out _) is { } read ? read.ToString() : null;
    }

    private void TakeOption(ImportedInterface one, InterfacesStanza stanza, InterfacesOption option)
    {
        if (InterfacesFile.IsCommand(option.Name))
        {
            TakeCommand(one, option);
            return;
        }
        string name = option.Name.Replace('_', '-');
        if (IfenslaveOptions.Take(_draft, one, name, option) || BridgeOptions.Take(_draft, one, name, option)) return;
        switch (name)
        {
            case "address" or "netmask" or "gateway" when stanza.Method == "static": break;
            case "broadcast" or "network" or "scope" or "dhcp" or "preferred-lifetime": break; // worked out from the address
            case "metric":
                if (stanza.Method == "dhcp" && uint.TryParse(option.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    _draft.Set(one, "metric", new ImportedValue(option.Value, option.From));
                break;
            case "hostname" when NameRules.IsHostName(option.Value):
                if (_draft.Global.Set("hostname", new ImportedValue(TomlText.Quote(option.Value), option.From)) is not null) Lose(option, "hostname is one for all interfaces");
                break;
            case "wpa-conf" or "wpa-roam":
                _draft.Set(one, "supplicant", new ImportedValue(TomlText.Quote(option.Value), option.From));
                break;
            case "wpa-driver":
                _draft.Set(one, "supplicant-driver", new ImportedValue(TomlText.Quote(option.Value), option.From));
                break;
            case var wpa when wpa.StartsWith("wpa-", StringComparison.Ordinal):
                Secret(option, "write a network block into a wpa_supplicant.conf and name the file: supplicant = \"/etc/wpa_supplicant/wpa_supplicant.conf\"");
                break;
            case "dns-nameservers" or "dns-nameserver" or "dns-search" or "dns-domain":
                Lose(option, "name servers beside a static address: write them into /etc/resolv.conf, or ask a server for them with inform = true");
                break;
            case "mtu": Lose(option, "the MTU is the one that the lease or the kernel gives"); break;
            case "hwaddress": Lose(option, "hardware addresses are left as they are"); break;
            case "client" when option.Value == "no":
                one.SendsNoDuid = true;
                break;
            case "request-prefix" when stanza.Method == "dhcp":
                if (option.Value == "1") _draft.Set(one, "prefix-delegation", new ImportedValue("true", option.From));
                break;
            case "client" or "vendor" or "leasehours" or "leasetime": Lose(option, "it is for other DHCP clients than dhclient, which takes none of it"); break;
            case "vlan-raw-device" or "vlan-id": Lose(option, "VLAN interfaces are made by other software; an existing one is configured"); break;
            default: Lose(option, "no counterpart"); break;
        }
    }

    private void TakeCommand(ImportedInterface one, InterfacesOption option)
    {
        bool down = option.Name.Contains("down", StringComparison.Ordinal);
        if (down && option.Value.Replace(" del ", " add ", StringComparison.Ordinal) is var undone && IpCommand.Read(undone, one.Name) is not null)
            return; // what was added is taken away here in any case
        if (down || IpCommand.Read(option.Value, one.Name) is not { } understood)
            Lose(option, "commands are not run; hooks = \"DIRECTORY\" runs programs at each event");
        else if (understood.Key.Length > 0)
            one.Add(understood.Key, new ImportedValue(TomlText.Quote(understood.Value), option.From));
    }

    private void Lose(InterfacesOption option, string why) => _draft.Lose(option.From, $"'{EscapedText.Of($"{option.Name} {option.Value}".Trim())}': {why}");

    // A pass phrase is not printed.
    private void Secret(InterfacesOption option, string why) => _draft.Lose(option.From, $"'{EscapedText.Of(option.Name)} ...': {why}");
}
