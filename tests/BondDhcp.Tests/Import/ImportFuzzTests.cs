using System.Diagnostics;
using System.Text;
using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Ifupdown;
using BondDhcp.Host.Import.Isc;
using BondDhcp.Host.Import.Recipe;
using BondDhcp.Host.Import.Wide;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Import;

/// <summary>Other programs' files, damaged: F7.</summary>
public sealed class ImportFuzzTests
{
    private const string Leases = """
        default-duid "\000\001\000\0012\232\315\036\002\000\000\000\012\012";
        lease { interface "c0"; fixed-address 192.0.2.62; option subnet-mask 255.255.255.0; option dhcp-lease-time 600; option unknown-224 1:2:ff;
          option dhcp-server-identifier 192.0.2.1; option domain-search "example.org.", "corp.example."; option host-name "v\"m\x41";
          renew 4 2026/11/26 11:02:05; rebind epoch 1795690621; expire never; }
        lease6 { interface "c0"; ia-na 00:00:0a:0a { starts 1795690656; renew 300; rebind 525; iaaddr fd55::183 { starts 1795690656; preferred-life 600; max-life 600; } }
          ia-pd "abcd" { iaprefix fd55:1::/56 { max-life 4294967295; } } option dhcp6.server-id 0:3:0:1:2:0:0:0:1:1; }

        """;

    private const string Conf = """
        option my-number code 224 = unsigned integer 32; send my-number 7; send host-name = gethostname(); send dhcp-client-identifier = hardware;
        also request ntp-servers, dhcp6.fqdn; require subnet-mask; supersede domain-name "a\040b"; prepend domain-name-servers 127.0.0.1; reject 10.0.0.1;
        include "/etc/dhcp/a"; include "/etc/dhcp/none"; include "/etc/dhcp/dhclient.conf";
        select-timeout 5; interface "c0" { include "/etc/dhcp/b"; request routers; default ip-forwarding on; } alias { interface "c0"; fixed-address 192.0.2.1; }

        """;

    /// <summary>What <see cref="Conf"/> includes, and includes it again.</summary>
    private const string IncludedA = "send user-class \"a\"; include \"/etc/dhcp/b\"; include \"/etc/dhcp/a\"; interface \"c0\" { include \"/etc/dhcp/b\"; }\n";

    private const string IncludedB = "prepend domain-name-servers 192.0.2.3; include \"/etc/dhcp/dhclient.conf\"; lease { fixed-address 192.0.2.9; expire 2 2000/1/12 00:00:01; }\n";

    private const string Interfaces = """
        source other/*
        auto c0 bond0
        iface base inet static
          netmask 255.255.255.0
        iface c0 inherits base
          address \
           192.0.2.7
          up ip route add 10.1.0.0/16 via 192.0.2.1 dev $IFACE || true
        iface bond0 inet dhcp
          bond-slaves eth0 eth1
          bond_mode active-backup
          bond-arp-ip-target 192.0.2.1 192.0.2.2
        allow-hotplug w0
        iface w0 inet manual
          bond-master bond0
          wpa-ssid "my #net"
          wpa-psk a "phrase" #1
          wpa_key_mgmt WPA-PSK WPA-EAP
          wpa-bssid 00:11:22:33:44:55
          wpa-freq-list 2412 2437
          wpa-wep-key0 0123456789
          wpa-psk-file /etc/psk
          wpa-driver nl80211
        iface w1 inet manual
          wpa-roam /etc/roam.conf
        iface default inet dhcp

        """;

    private const string Dhcp6c = "interface c0 { send ia-na 1, rapid-commit; send ia-pd 2; request domain-name-servers, sip-domain-name; information-only; };\nid-assoc pd 2 { prefix ::/56 infinity; prefix-interface c1 { sla-id 1; }; };\n";

    private const string NetworkConf = "export bond0PRIMARY='enp3s0'\nbond0ADDRS=\"192.168.0.2/24 fd00::2/64\"\nbond0ROUTES='\"to 10.1.0.0/16 via 192.168.0.1 metric 5\" default via 192.168.0.1'\n";

    [Theory(DisplayName = "F7 AX-2 damaged files of dhclient, ifupdown, dhcp6c and the recipe: read or told, never an exception, bounded")]
    [InlineData("leases")]
    [InlineData("conf")]
    [InlineData("interfaces")]
    [InlineData("dhcp6c")]
    [InlineData("network.conf")]
    [InlineData("modprobe")]
    [InlineData("duid")]
    public void Read_OfDamagedFiles_NeverThrows(string kind)
    {
        byte[] sound = Encoding.Latin1.GetBytes(kind switch
        {
            "leases" => Leases,
            "conf" => Conf,
            "interfaces" => Interfaces,
            "dhcp6c" => Dhcp6c,
            "network.conf" => NetworkConf,
            "modprobe" => "options bonding mode=1 miimon=100 arp_ip_target=192.0.2.1,192.0.2.2\n",
            _ => "\u000e\0\0\u0001\0\u0001abcdefghij",
        });
        int iterations = Math.Max(1, Fuzzing.Iterations / 10); // a file is a hundred times a packet
        long started = Stopwatch.GetTimestamp();
        Parallel.For(0, iterations, i =>
        {
            Random? random = i == 0 ? null : Fuzzing.Random(i);
            byte[] octets = random is null ? sound : Fuzzing.Mutate(sound, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            _ = ImportFileKinds.Of("/etc/file", octets);
            Read(kind, octets, random);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Fuzzing.MaxAllocated);
        });
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Fuzzing.MaxMean * iterations);
    }

    [Fact(DisplayName = "F7 whatever damaged files say, the configuration made of them is one that check takes")]
    public void Import_OfDamagedFiles_GivesASoundConfiguration()
    {
        using SystemTree tree = new();
        (string Path, string Text)[] files =
        [
            ("/etc/network/interfaces", Interfaces), ("/etc/dhcp/dhclient.conf", Conf), ("/etc/dhcp/a", IncludedA), ("/etc/dhcp/b", IncludedB), ("/var/lib/dhcp/dhclient.leases", Leases),
            ("/etc/wide-dhcpv6/dhcp6c.conf", Dhcp6c), ("/etc/conf.d/network.conf", NetworkConf),
        ];
        for (int i = 0; i < Math.Max(1, Fuzzing.Iterations / 500); i++)
        {
            Random random = Fuzzing.Random(i);
            foreach ((string path, string text) in files) tree.File(path, Fuzzing.Mutate(Encoding.Latin1.GetBytes(text), random));
            ImportOutcome outcome = tree.Import(new() { ["c0"] = "02:00:00:00:0a:0a" }); // reads its own work, and throws where that is refused
            // And a file of wpa_supplicant is one line a field, each short enough for its reader.
            foreach (ImportedSupplicant made in outcome.Supplicants)
                Assert.All(made.Text.Split('\n'), line => Assert.Matches("^($|#.*|ctrl_interface=.*|ap_scan=[012]|network=\\{|\\}|  [a-z0-9_]+=[^\\x00-\\x1f\\x7f]{1,490})$", line));
            Assert.All(outcome.Toml.Split('\n'), line => Assert.All(line, c => Assert.InRange(c, ' ', '~')));
        }
    }

    private static void Read(string kind, byte[] octets, Random? random)
    {
        ImportDraft draft = new();
        string text = Encoding.Latin1.GetString(octets);
        switch (kind)
        {
            case "leases":
                DhclientLeaseFile file = DhclientLeaseFile.Read(text);
                Assert.All(file.Leases, lease => Assert.True(lease.Address.IsUsableUnicast));
                break;
            case "conf": DhclientConf.Read("/etc/dhcp/dhclient.conf", text, draft, path => Included(path, random)); break;
            case "interfaces": InterfacesImport.Take(InterfacesFile.Read("f", text, draft, (_, _, _) => []), draft, static _ => "a phrase of a file\n"); break;
            case "dhcp6c": Dhcp6cConf.Read("f", text, draft); break;
            case "network.conf": NetworkConfImport.Read("f", text, draft); break;
            case "modprobe": ModprobeOptions.Read("f", text, draft); break;
            default: _ = Dhcp6cDuid.Read(octets); break;
        }
    }

    // The included files are damaged as well, and each time otherwise.
    private static IncludedFile Included(string path, Random? random)
    {
        string? sound = path switch { "/etc/dhcp/a" => IncludedA, "/etc/dhcp/b" => IncludedB, _ => null };
        if (sound is null) return new IncludedFile(path, null, "there is no such file");
        byte[] octets = Encoding.Latin1.GetBytes(sound);
        return new IncludedFile(path, Encoding.Latin1.GetString(random is null ? octets : Fuzzing.Mutate(octets, random)), null);
    }
}
