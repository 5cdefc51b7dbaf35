using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Compare;
using BondDhcp.Net;
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
        Assert.Equal("0102000000" + "0a0a", Convert.ToHexStringLower([.. known.Options[61]]));
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

    [Fact(DisplayName = "What is next: the places in ifupdown's files, the units, and the start")]
    public void Next_AfterAnImport_NamesThePlaces()
    {
        const string usual = "/etc/bonddhcp/bonddhcp.toml", wants = "/etc/systemd/system/multi-user.target.wants/";
        using SystemTree tree = Debian();
        Assert.Equal("next: take /etc/network/interfaces:2, 3 out (else ifupdown starts dhclient at the next boot), then systemctl start bonddhcp", ImportNext.Of(tree.Import().Reader.Draft, usual));
        using SystemTree units = new SystemTree().Link(wants + "dhclient@c0.service", "/nowhere");
        Assert.Equal("next: put the configuration into /etc/bonddhcp/bonddhcp.toml, systemctl disable dhclient@c0.service, then systemctl start bonddhcp", ImportNext.Of(units.Import().Reader.Draft, null));
        Assert.Equal("next: systemctl start bonddhcp", ImportNext.Of(new ImportDraft(), usual));
    }
}
