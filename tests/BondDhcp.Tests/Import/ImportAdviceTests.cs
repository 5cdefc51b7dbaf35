using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Compare;
using BondDhcp.Host.Import.Running;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Import;

/// <summary>What an import says beside the configuration, and who gets name servers after it.</summary>
public sealed class ImportAdviceTests
{
    private const string Stanzas = "auto c0 c1\niface c0 inet dhcp\niface c1 inet static\n  address 192.0.2.9/24\n";

    private static SystemTree Debian() => new SystemTree().File("/etc/network/interfaces", Stanzas);

    private static SystemTree WithDhclient() => Debian().File("/etc/dhcp/dhclient.conf", ImportSnapshotTests.StockDhclientConf).File("/etc/resolv.conf", "");

    private static void IsFile(bool expected, ImportOutcome outcome)
    {
        Assert.Equal(expected, outcome.Toml.Contains("dns = \"file\" # dhclient-script wrote /etc/resolv.conf\n", StringComparison.Ordinal));
        Assert.Null(outcome.Reader.Draft.Find("c1")!.Find("dns"));
    }

    [Fact(DisplayName = "Where neither systemd-resolved nor resolvconf is there dhclient-script wrote resolv.conf, and bonddhcp is to write it")]
    public void Dns_WithoutResolvedAndResolvconf_IsTheFile()
    {
        using SystemTree bare = WithDhclient();
        IsFile(true, bare.Import());
        using SystemTree program = Debian().File("/usr/sbin/dhclient", "");
        IsFile(true, program.Import());
        using SystemTree without = Debian();
        IsFile(false, without.Import());
    }

    [Theory(DisplayName = "Where one of them is there, it is told, and resolv.conf is theirs")]
    [InlineData(false, "/sbin/resolvconf")]
    [InlineData(false, "/usr/bin/resolvectl", "/etc/systemd/system/sysinit.target.wants/systemd-resolved.service")]
    [InlineData(false, "/usr/bin/resolvectl", "/run/systemd/resolve/io.systemd.Resolve")]
    [InlineData(true, "/usr/bin/resolvectl")]
    [InlineData(true, "/etc/dhcp/dhclient-enter-hooks.d/resolvconf")]
    public void Dns_WithAProgramThatTakesIt_IsLeftToIt(bool expected, params string[] files)
    {
        using SystemTree tree = WithDhclient();
        foreach (string file in files) tree.File(file, "make_resolv_conf");
        IsFile(expected, tree.Import());
    }

    [Fact(DisplayName = "resolvconf that is resolvectl by another name is nobody; a hook of the user's own and a link are told")]
    public void Dns_InSpecialCases_IsTold()
    {
        using SystemTree alias = WithDhclient().File("/usr/bin/resolvectl", "").Link("/usr/sbin/resolvconf", "/usr/bin/resolvectl");
        IsFile(true, alias.Import());
        using SystemTree hook = WithDhclient().File("/etc/dhcp/dhclient-enter-hooks.d/nodns", "make_resolv_conf() { :; }\n");
        IsFile(false, hook.Import());
        Assert.Contains(hook.Import().Reader.Draft.Remarks, note => note.ToString().StartsWith("/etc/dhcp/dhclient-enter-hooks.d/nodns: it has a make_resolv_conf", StringComparison.Ordinal));
        using SystemTree link = Debian().File("/sbin/dhclient", "").Link("/etc/resolv.conf", "/run/unbound/resolv.conf");
        IsFile(false, link.Import());
        Assert.Contains(link.Import().Reader.Draft.Remarks, note => note.ToString().StartsWith("/etc/resolv.conf: it is a link", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "send dhcp-client-identifier = hardware is taken over as \"mac\" and not left out; dhclient's first packet has it")]
    public void Hardware_AsClientIdentifier_IsTakenOver()
    {
        using SystemTree tree = Debian().File("/etc/dhcp/dhclient.conf", "send dhcp-client-identifier = hardware;\n");
        ImportOutcome outcome = tree.Import();
        Assert.Contains("client-id = \"mac\" # /etc/dhcp/dhclient.conf:1\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Empty(outcome.Reader.Draft.Lost);
        Assert.Contains(outcome.Reader.Draft.Remarks, note => note.ToString().Contains("client-id = \"mac\" takes the one", StringComparison.Ordinal));

        FirstPacket Theirs(MacAddress? mac) => DhclientPacket.Of(outcome.Reader.Dhclient!.Of("c0"), outcome.Identity.Sent("c0"), null, SystemTree.Now, mac, "host");
        FirstPacket known = Theirs(MacAddress.Parse("02:00:00:00:0a:0a"));
        Assert.Equal("0102000000" + "0a0a", Convert.ToHexStringLower([.. known.Find(61)!.Value]));
        string line = PacketComparison.Lines(Theirs(null), Theirs(null)).Single(text => text.TrimStart().StartsWith("61 ", StringComparison.Ordinal));
        Assert.Equal(2, line.Split("01:(the interface's)").Length - 1);
        Assert.False(line.EndsWith('*'));
    }

    [Theory(DisplayName = "What a slave's stanza repeats of its bond is not left out, and something else is named")]
    [InlineData("active-backup", false)]
    [InlineData("1", false)]
    [InlineData("802.3ad", true)]
    public void BondMode_InASlavesStanza_IsTheBonds(string mode, bool told)
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces",
            $"auto bond0\niface bond0 inet dhcp\n  bond-slaves enp3s0\n  bond-mode active-backup\n  bond-primary enp3s0\niface enp3s0 inet manual\n  bond-master bond0\n  bond-mode {mode}\n");
        ImportOutcome outcome = tree.Import();
        Assert.Equal(told ? 1 : 0, outcome.Reader.Draft.Lost.Count(note => note.Text.StartsWith("mode of enp3s0", StringComparison.Ordinal)));
        Assert.Null(outcome.Configuration.Find("enp3s0"));
    }

    [Theory(DisplayName = "dns- lines are name servers and search domains of the interface; nobody to be told of them is told, and what is none is left out alone")]
    [InlineData("/etc/hostname", true)]
    [InlineData("/sbin/resolvconf", false)]
    public void Dns_OfAStanza_IsOfTheInterface(string file, bool told)
    {
        using SystemTree tree = new SystemTree().File(file, "x").File("/etc/network/interfaces", """
            auto c1
            iface c1 inet static
              address 192.0.2.9/24
              dns-nameservers 192.0.2.53 192.0.2.54 nobody 192.0.2.53
              dns_nameserver 224.0.0.1
              dns-domain example.org.
              dns-search corp.example example.org -bad-
            iface c1 inet6 static
              address 2001:db8::7/64
              dns-nameservers 2001:db8::53 fe80::1%c1
            """);
        ImportOutcome outcome = tree.Import();
        BondDhcp.Host.Configuration.InterfaceConfiguration one = outcome.Configuration.Find("c1")!;
        Assert.Equal(["192.0.2.53", "192.0.2.54", "2001:db8::53"], one.NameServers.Take(3).Select(server => server.ToString()));
        Assert.StartsWith("fe80::1", one.NameServers[3].ToString(), StringComparison.Ordinal);
        Assert.Equal(4, one.NameServers.Length);
        Assert.Equal("example.org corp.example", string.Join(' ', one.SearchDomains));
        Assert.Contains("  \"2001:db8::53\", # /etc/network/interfaces:10\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Equal(["/etc/network/interfaces:4", "/etc/network/interfaces:5", "/etc/network/interfaces:7"], outcome.Reader.Draft.Lost.Select(note => note.From!.ToString()));
        Assert.Equal(
            told, outcome.Reader.Draft.Remarks.Any(note => note.ToString() == "/etc/network/interfaces:4: neither systemd-resolved nor resolvconf is there to be told of the name servers of c1; dns = \"file\" writes them into /etc/resolv.conf"));
    }

    [Fact(DisplayName = "An interface of which nothing is carried over gets no section and keeps its stanza; one that is only brought up gets one")]
    public void Section_WithoutKeys_IsNotWritten()
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", """
            auto p0 m0 u0 a0 c0
            iface p0 inet ppp
              provider isp
            iface m0 inet manual
            iface u0 inet manual
              up ip link set dev u0 up
            iface a0 inet6 auto
            iface c0 inet dhcp
              mtu 1400
            """);
        ImportOutcome outcome = tree.Import();
        Assert.Equal(["u0", "a0", "c0"], outcome.Configuration.Interfaces.Select(one => one.Name));
        Assert.Contains("\n# No [interface.p0]: nothing of /etc/network/interfaces:2 is carried over (an empty section would bring it up).\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains("\n# No [interface.m0]: nothing of /etc/network/interfaces:4 ", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains("\n[interface.u0] # /etc/network/interfaces:5\nkind = \"existing\" # brought up, and nothing else\n", outcome.Toml, StringComparison.Ordinal);
        Assert.Contains("\n[interface.a0] # /etc/network/interfaces:7\nkind = \"existing\" # brought up, and nothing else\n", outcome.Toml, StringComparison.Ordinal);
        Assert.StartsWith("next: take /etc/network/interfaces:5, 7, 8 out (", ImportNext.Of(outcome.Reader.Draft, "/etc/bonddhcp/bonddhcp.toml"), StringComparison.Ordinal);
        Assert.Equal(
            ["/etc/network/interfaces:2: iface p0 inet ppp: no counterpart", "/etc/network/interfaces:3: 'provider ...': its stanza stays ifupdown's",
                "/etc/network/interfaces:9: 'mtu 1400': the MTU is the one that the server gives (option 26); supersede.interface-mtu = 1400 takes another one in its place"],
            outcome.Reader.Draft.Lost.Select(note => note.ToString()));
    }

    [Theory(DisplayName = "A stanza of a method without a counterpart stays ifupdown's whole: no section, no option taken, each named, and not among those to be taken out")]
    [InlineData("inet ppp", "provider dsl")]
    [InlineData("inet wvdial", "provider dsl")]
    [InlineData("inet tunnel", "mode GRE")]
    [InlineData("inet6 v4tunnel", "endpoint 192.0.2.1")]
    [InlineData("can static", "bitrate 125000")]
    [InlineData("inet bootp", "bootfile x")]
    public void Stanza_WithoutACounterpart_StaysWhole(string method, string option)
    {
        using SystemTree tree = new SystemTree().File("/sbin/resolvconf", "").File("/etc/network/interfaces", $"""
            auto p0 c0
            iface p0 {method}
              {option}
              address 192.0.2.7/24
              dns-nameservers 192.0.2.53
              dns-search corp.example
              bond-slaves e0 e1
              wpa-ssid home
              hostname elsewhere
              up ip route add 10.0.0.0/8 via 192.0.2.1
            iface c0 inet dhcp
            """);
        ImportOutcome outcome = tree.Import();
        Assert.Equal(["c0"], outcome.Configuration.Interfaces.Select(one => one.Name));
        Assert.Contains("\n# No [interface.p0]: nothing of /etc/network/interfaces:2 is carried over", outcome.Toml, StringComparison.Ordinal);
        Assert.StartsWith("next: take /etc/network/interfaces:11 out (", ImportNext.Of(outcome.Reader.Draft, "/etc/bonddhcp/bonddhcp.toml"), StringComparison.Ordinal);
        Assert.Equal(
            [$"iface p0 {method}: no counterpart", .. ((string[])[option.Split(' ')[0], "address", "dns-nameservers", "dns-search", "bond-slaves", "wpa-ssid", "hostname", "up ip"]).Select(name => $"'{name} ...': its stanza stays ifupdown's")],
            outcome.Reader.Draft.Lost.Select(note => note.Text));
        Assert.Empty(outcome.Supplicants);
        Assert.DoesNotContain("elsewhere", outcome.Toml, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "The slaves of bonds and bridges of the kernel have no addresses of their own; the members of a VRF have")]
    [InlineData("bond", "bond0")]
    [InlineData("bridge", "bond0")]
    [InlineData("vrf", null)]
    [InlineData("team", null)]
    public void Link_OfAMaster_IsASlaveOfBondsAndBridges(string kind, string? expected)
    {
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", "auto bond0\niface bond0 inet dhcp\n");
        BondDhcp.Host.Configuration.DaemonConfiguration configuration = tree.Import().Configuration;
        var slaves = new SlaveLinks(configuration, [Links.Up(2, "bond0") with { Kind = kind }, Links.Up(3, "c0", master: 2), Links.Up(4, "c1")]);
        Assert.Equal(expected, slaves.MasterOf("c0"));
        Assert.Equal(expected is null ? [] : ["c0"], slaves.Of(configuration));
        Assert.Null(slaves.MasterOf("c1"));
    }

    [Fact(DisplayName = "What is next: the places in ifupdown's files, the units, and the start")]
    public void Next_AfterAnImport_NamesThePlaces()
    {
        const string usual = "/etc/bonddhcp/bonddhcp.toml", wants = "/etc/systemd/system/multi-user.target.wants/";
        using SystemTree tree = Debian();
        Assert.Equal("next: take /etc/network/interfaces:2, 3 out (else ifupdown starts dhclient at the next boot), then systemctl start bonddhcp", ImportNext.Of(tree.Import().Reader.Draft, usual));
        using SystemTree radio = new SystemTree().File("/etc/network/interfaces", "auto w0\niface w0 inet dhcp\n  wpa-ssid home\n");
        Assert.StartsWith($"next: run it again with --output {usual}, which makes the files of wpa_supplicant too, take ", ImportNext.Of(radio.Import().Reader.Draft, null), StringComparison.Ordinal);
        Assert.StartsWith("next: put /etc/bonddhcp/x.toml into /etc/bonddhcp/bonddhcp.toml, take ", ImportNext.Of(radio.Import().Reader.Draft, "/etc/bonddhcp/x.toml"), StringComparison.Ordinal);
        Assert.StartsWith(
            "next: put /tmp/x.toml into /etc/bonddhcp/bonddhcp.toml and /tmp/wpa_supplicant-w0.conf into /etc/bonddhcp, take ", ImportNext.Of(radio.Import().Reader.Draft, "/tmp/x.toml"), StringComparison.Ordinal);
        using SystemTree units = new SystemTree().Link(wants + "dhclient@c0.service", "/nowhere");
        Assert.Equal("next: put the configuration into /etc/bonddhcp/bonddhcp.toml, systemctl disable dhclient@c0.service, then systemctl start bonddhcp", ImportNext.Of(units.Import().Reader.Draft, null));
        Assert.Equal("next: systemctl start bonddhcp", ImportNext.Of(new ImportDraft(), usual));
    }
}
