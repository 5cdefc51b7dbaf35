using System.Globalization;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>Brings the stanzas of <c>/etc/network/interfaces</c> into the configuration to be.</summary>
internal sealed class InterfacesImport
{
    /// <summary>No host has more; each of them is looked for at each stanza.</summary>
    private const int MaxRadios = 16;

    private readonly ImportDraft _draft;
    private readonly InterfacesFile _file;
    private readonly Func<string, string?> _read;
    private readonly List<(InterfacesStanza Radio, string File, string Text)> _roaming = [];

    private InterfacesImport(ImportDraft draft, InterfacesFile file, Func<string, string?> read)
    {
        (_draft, _file, _read) = (draft, file, read);
        foreach (InterfacesStanza stanza in file.Stanzas)
            if (OptionOf(stanza, "wpa-roam") is { } roam && _roaming.Count < MaxRadios) _roaming.Add((stanza, roam, read(roam) ?? ""));
    }

    /// <summary>Reads the stanzas into the draft.</summary>
    /// <param name="file">The stanzas.</param>
    /// <param name="draft">Gets them.</param>
    /// <param name="read">The text of a file that a stanza names; null where it cannot be had.</param>
    public static void Take(InterfacesFile file, ImportDraft draft, Func<string, string?> read)
    {
        var import = new InterfacesImport(draft, file, read);
        foreach (InterfacesStanza stanza in file.Stanzas)
            if (!import.TakeRoaming(stanza)) import.TakeStanza(stanza);
    }

    // wpa_action(8) brings a radio with wpa-roam up by the stanza that the network's id_str names, or by "default": those are no interfaces.
    private bool TakeRoaming(InterfacesStanza stanza)
    {
        if (stanza.Family.Length == 0 || _file.IsStarted(stanza.Name)) return false;
        bool isTaken = false;
        foreach ((InterfacesStanza radio, string roam, string text) in _roaming)
        {
            if (radio.Name == stanza.Name) continue;
            if (stanza.Name == (OptionOf(radio, "wpa-roam-default-iface") ?? "default")) TakeStanza(stanza with { Name = radio.Name });
            else if (text.Contains($"id_str=\"{stanza.Name}\"", StringComparison.Ordinal))
                _draft.Lose(stanza.From, $"iface {EscapedText.Of(stanza.Name)} is for the networks of that id_str in {EscapedText.Of(roam)}: one configuration of {EscapedText.Of(radio.Name)} serves every network");
            else continue;
            isTaken = true;
        }
        return isTaken;
    }

    private static string? OptionOf(InterfacesStanza stanza, string name) =>
        stanza.Options.LastOrDefault(option => option.Name.Replace('_', '-') == name) is { Value.Length: > 0 } option ? option.Value : null;

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
        if (!TakeMethod(one, stanza))
        {
            LoseStanza(one, stanza);
            return;
        }
        _draft.Stanzas.Add((name, stanza.From));
        TakeAddress(one, stanza);
        foreach (InterfacesOption option in stanza.Options) TakeOption(one, stanza, option);
        WpaOptions.Take(_draft, one, stanza, _read);
        if (!one.IsLeftOut && !_file.IsStarted(stanza.Name) && !_file.IsStarted(name))
            _draft.Remark(stanza.From, $"{name} is neither 'auto' nor 'allow-hotplug': ifupdown waits for 'ifup {name}', and bonddhcp configures it whenever it is there; take the section out if that is not wanted");
    }

    // An interface that another program makes, such as pppd, stays with ifupdown, name servers and commands with it.
    private void LoseStanza(ImportedInterface one, InterfacesStanza stanza)
    {
        _draft.Lose(stanza.From, $"iface {one.Name} {EscapedText.Of(stanza.Family)} {EscapedText.Of(stanza.Method)}: no counterpart");
        foreach (InterfacesOption option in stanza.Options)
        {
            if (InterfacesFile.IsCommand(option.Name)) LoseCommand(option, "its stanza stays ifupdown's");
            else LoseSecret(option, "its stanza stays ifupdown's");
        }
    }

    // False for one that is not known.
    private bool TakeMethod(ImportedInterface one, InterfacesStanza stanza)
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
                one.IsUpWanted = true;
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
                return false;
        }
        return true;
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

    internal static string? AddressOf(string text, string? mask, string family)
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
        if (AddressOptions.WhyLeftOut(stanza, name, option.Value) is { } why)
        {
            if (why.Length > 0) Lose(option, why);
            return;
        }
        if (WpaOptions.Is(name)) return;
        if (IfenslaveOptions.Take(_draft, one, name, option) || BridgeOptions.Take(_draft, one, name, option)) return;
        switch (name)
        {
            case "address" or "gateway" when stanza.Method == "static": break; // TakeAddress
            case "metric" when stanza.Method == "dhcp" && uint.TryParse(option.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _):
                _draft.Set(one, "metric", new ImportedValue(option.Value, option.From));
                break;
            case "hostname" when NameRules.IsHostName(option.Value):
                if (_draft.Global.Set("hostname", new ImportedValue(TomlText.Quote(option.Value), option.From)) is not null) Lose(option, "hostname is one for all interfaces");
                break;
            case "dns-nameservers" or "dns-nameserver":
                foreach (string server in option.Words) one.Add("name-servers", new ImportedValue(TomlText.Quote(server), option.From));
                break;
            // Debian's resolvconf makes search domains of both; a name that is whole in any case needs no dot here.
            case "dns-search" or "dns-domain":
                foreach (string domain in option.Words) one.Add("search-domains", new ImportedValue(TomlText.Quote(domain.TrimEnd('.')), option.From));
                break;
            case "mtu": Lose(option, MtuAdvice(one, stanza, option)); break;
            case "hwaddress": Lose(option, "hardware addresses are left as they are"); break;
            case "client" when option.Value == "no":
                one.SendsNoDuid = true;
                break;
            case "request-prefix" when stanza.Method == "dhcp" && option.Value == "1":
                _draft.Set(one, "prefix-delegation", new ImportedValue("true", option.From));
                break;
            case "client" or "vendor" or "leasehours" or "leasetime": Lose(option, "it is for other DHCP clients than dhclient, which takes none of it"); break;
            case "vlan-raw-device" or "vlan-id": Lose(option, "VLAN interfaces are made by other software; an existing one is configured"); break;
            // Whatever it is, a key of wireless-tools or a misspelt pass phrase too.
            default: LoseSecret(option, "no counterpart"); break;
        }
    }

    private static string MtuAdvice(ImportedInterface one, InterfacesStanza stanza, InterfacesOption option) => stanza.Method == "dhcp"
        ? $"the MTU is the one that the server gives (option 26); supersede.interface-mtu = {(ushort.TryParse(option.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort mtu) ? mtu : 1500)} takes another one in its place"
        : $"no key sets the MTU of an interface without DHCP, and {one.Name} keeps the one it has; MTUBytes= in a .link file (systemd.link(5)) sets it when the device appears";

    private void TakeCommand(ImportedInterface one, InterfacesOption option)
    {
        bool down = option.Name.Contains("down", StringComparison.Ordinal);
        if (down && option.Value.Replace(" del ", " add ", StringComparison.Ordinal) is var undone && IpCommand.Read(undone, one.Name) is not null)
            return; // what was added is taken away here in any case
        if (down || IpCommand.Read(option.Value, one.Name) is not { } understood)
            LoseCommand(option, "commands are not run; hooks = \"DIRECTORY\" runs programs at each event");
        else if (understood.Key.Length == 0) one.IsUpWanted = true;
        else
            one.Add(understood.Key, new ImportedValue(TomlText.Quote(understood.Value), option.From));
    }

    // Keys and pass phrases are words of many commands: which program it is, and where it stands, has to do.
    private void LoseCommand(InterfacesOption option, string why) => _draft.Lose(option.From, $"'{option.Name} {ProgramOf(option)}...': {why}");

    // A first word of other characters may be an assignment, or what a shell makes of something.
    private static string ProgramOf(InterfacesOption option)
    {
        bool isName = option.Words is [var first, ..] && first.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or '/');
        return isName ? $"{Path.GetFileName(option.Words[0])} " : "";
    }

    private void Lose(InterfacesOption option, string why) => _draft.Lose(option.From, $"'{EscapedText.Of($"{option.Name} {option.Value}".Trim())}': {why}");

    // A pass phrase is not printed.
    private void LoseSecret(InterfacesOption option, string why) => _draft.Lose(option.From, $"'{option.ShownName} ...': {why}");
}
