using BondDhcp.Host.Configuration;
using BondDhcp.Host.Import;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Import;

/// <summary>Whole systems, and the configuration that is made of each.</summary>
public sealed class ImportSnapshotTests
{
    /// <summary>What ISC dhclient 4.4.3 wrote on a network of dnsmasq, the years moved ahead.</summary>
    private const string RealLeases = """
        default-duid "\000\001\000\0012\232\315\036\002\000\000\000\012\012";
        lease {
          interface "c0";
          fixed-address 192.0.2.61;
          option subnet-mask 255.255.255.0;
          option dhcp-server-identifier 192.0.2.1;
          renew 4 2026/11/26 09:02:05;
          rebind 4 2026/11/26 09:06:15;
          expire 4 2026/11/26 09:07:30;
        }
        lease {
          interface "c0";
          fixed-address 192.0.2.62;
          option subnet-mask 255.255.255.0;
          option routers 192.0.2.254;
          option dhcp-lease-time 600;
          option dhcp-message-type 5;
          option dhcp-server-identifier 192.0.2.1;
          option domain-search "example.org.", "corp.example.";
          option dhcp-renewal-time 300;
          option rfc3442-classless-static-routes 0,192,0,2,254,16,10,9,192,0,2,253;
          option broadcast-address 192.0.2.255;
          option dhcp-rebinding-time 525;
          option host-name "vm";
          option domain-name "example.net";
          renew 4 2026/11/26 11:02:05;
          rebind 4 2026/11/26 11:06:15;
          expire 4 2026/11/26 11:07:30;
        }

        """;

    private const string RealLeases6 = """
        default-duid "\000\001\000\0012\232\315\036\002\000\000\000\012\012";
        lease6 {
          interface "c0";
          ia-na 00:00:0a:0a {
            starts 1795690656;
            renew 300;
            rebind 525;
            iaaddr fd55::183 {
              starts 1795690656;
              preferred-life 600;
              max-life 600;
            }
          }
          option dhcp6.client-id 0:1:0:1:32:9a:cd:1e:2:0:0:0:a:a;
          option dhcp6.server-id 0:1:0:1:32:9a:cd:19:e2:19:58:69:fd:d6;
          option dhcp6.status-code success "success";
        }

        """;

    /// <summary>The statements of the dhclient.conf that Debian's isc-dhcp-client installs.</summary>
    public const string StockDhclientConf = """
        option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;

        send host-name = gethostname();
        request subnet-mask, broadcast-address, time-offset, routers,
        	domain-name, domain-name-servers, domain-search, host-name,
        	dhcp6.name-servers, dhcp6.domain-search, dhcp6.fqdn, dhcp6.sntp-servers,
        	netbios-name-servers, netbios-scope, interface-mtu,
        	rfc3442-classless-static-routes, ntp-servers;

        """;

    [Fact(DisplayName = "Debian as it is installed: ifupdown, dhclient -i and its leases of both families")]
    public void Import_OfStockDebian_KeepsItsIdentity()
    {
        using SystemTree tree = new SystemTree()
            .File("/etc/network/interfaces", "source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n\nallow-hotplug c0\niface c0 inet dhcp\niface c0 inet6 dhcp\n")
            .File("/etc/dhcp/dhclient.conf", StockDhclientConf)
            .File("/var/lib/dhcp/dhclient.c0.leases", RealLeases)
            .File("/var/lib/dhcp/dhclient6.c0.leases", RealLeases6);
        Matches(tree.Import(new() { ["c0"] = "02:00:00:00:0a:0a" }));
    }

    [Fact(DisplayName = "A bond of ifenslave with Wi-Fi, slaves named in both directions, and static addresses beside")]
    public void Import_OfIfenslaveWithWifi_MakesOneBond()
    {
        using SystemTree tree = new SystemTree()
            .File("/etc/network/interfaces", """
                source interfaces.d/*.cfg
                auto bond0
                iface bond0 inet dhcp
                    bond-slaves enp3s0
                    bond_mode 1
                    bond-miimon 100
                    bond-primary enp3s0
                    bond-primary-reselect better
                    bond-give-a-chance 10
                    hwaddress ether 02:00:00:00:0a:0a
                    up ip route add 10.1.0.0/16 via 192.0.2.7 dev $IFACE metric 5
                    post-up /usr/local/bin/notify $IFACE
                    down ip route del 10.1.0.0/16 via 192.0.2.7 dev $IFACE metric 5

                auto br0
                iface br0 inet static
                    address 198.51.100.7
                    netmask 255.255.255.0
                    gateway 198.51.100.1
                    bridge_ports enp4s0 enp5s0
                    bridge_stp off
                    dns-nameservers 198.51.100.53
                iface br0 inet6 static
                    address 2001:db8::7/64

                iface lan inet manual
                    mtu 9000
                """)
            .File("/etc/network/interfaces.d/wifi.cfg", """
                allow-hotplug wlp2s0
                iface wlp2s0 inet manual
                    bond-master bond0
                    wpa-conf /etc/wpa_supplicant/home.conf

                auto wlan1
                iface wlan1 inet dhcp
                    wpa-ssid "guests"
                    wpa-psk secret-phrase
                """);
        ImportOutcome outcome = tree.Import();
        Assert.DoesNotContain("secret-phrase", outcome.Toml, StringComparison.Ordinal);
        Matches(outcome);
    }

    [Fact(DisplayName = "The recipe that this program replaces: six units, network.conf, modprobe, dhclient.conf with a bare DUID, dhcp6c")]
    public void Import_OfTheRecipe_IsWhole()
    {
        const string system = "/etc/systemd/system", wants = system + "/multi-user.target.wants", device = system + "/sys-subsystem-net-devices-bond0.device.wants";
        const string slave = "[Service]\nExecStart=/sbin/ip link set %p master %i\n";
        using SystemTree tree = new SystemTree()
            .File("/etc/conf.d/network.conf", "# fail-safe\nbond0PRIMARY='enp3s0'\nbond0ADDRS='192.168.0.2/24 fd00::2/64'\nbond0ROUTES='\"to 10.1.0.0/16 via 192.168.0.1\" \"to 2001:db8:1::/48 via fe80::1\"'\nwlp2s0ADDRS=''\n")
            .File("/etc/modprobe.d/bonding.conf", "options bonding max_bonds=0 miimon=100 mode=active-backup fail_over_mac=active\n")
            .File("/etc/dhcp/dhclient.conf", "initial-interval 2;\nreboot 5;\ntimeout 10;\nretry 20;\nsend dhcp-client-identifier 00:01:00:01:2a:3b:4c:5d:02:00:00:00:0a:0a;\nsend host-name = gethostname();\n")
            .File("/etc/wide-dhcpv6/dhcp6c.conf", "interface bond0 {\n  send ia-na 1;\n  # send ia-pd 1;\n  send rapid-commit;\n  request domain-name-servers, domain-name, ntp-servers;\n};\nid-assoc na 1 { };\n")
            .File("/var/lib/dhcpv6/dhcp6c_duid", Convert.FromHexString("0e00000100012a3b4c5d020000000a0a"))
            .File(system + "/dhclient@.service", "[Service]\nExecStart=/sbin/dhclient -d -cf /etc/dhcp/dhclient.conf %i\nExecStop=/sbin/dhclient -r %i\n")
            .File(system + "/dhcp6c@.service", "[Service]\nExecStart=/usr/sbin/dhcp6c -f -c /etc/wide-dhcpv6/dhcp6c.conf %i\n")
            .File(system + "/static@.service", "[Service]\nType=oneshot\n")
            .File(system + "/supplicant@.service", "[Service]\nExecStart=/sbin/wpa_supplicant -i%i -Dnl80211,wext -c/etc/wpa_supplicant/wpa_supplicant.conf\n")
            .File(system + "/master@.service", "[Service]\nType=oneshot\n")
            .File(system + "/slave@.service", slave).File(system + "/enp3s0@.service", slave).File(system + "/wlp2s0@.service", slave)
            .Link(wants + "/dhclient@bond0.service", system + "/dhclient@.service").Link(wants + "/dhcp6c@bond0.service", system + "/dhcp6c@.service")
            .Link(wants + "/static@bond0.service", system + "/static@.service").Link(wants + "/master@bond0.service", system + "/master@.service")
            .Link(wants + "/supplicant@wlp2s0.service", system + "/supplicant@.service")
            .Link(device + "/enp3s0@bond0.service", system + "/enp3s0@.service").Link(device + "/wlp2s0@bond0.service", system + "/wlp2s0@.service");
        Matches(tree.Import());
    }

    [Fact(DisplayName = "Every statement of dhclient.conf: carried over, or named")]
    public void Import_OfAFullDhclientConf_NamesWhatItLeavesOut()
    {
        using SystemTree tree = new SystemTree()
            .File("/etc/network/interfaces", "auto c0\niface c0 inet dhcp\niface c0 inet6 dhcp\nauto c1\niface c1 inet dhcp\n")
            .File("/etc/dhcp/dhclient.conf", """
                option space acme;
                option acme.thing code 1 = text;
                option my-number code 224 = unsigned integer 32;
                timeout 60; retry 60; reboot 10; select-timeout 5; initial-delay 3; backoff-cutoff 15;
                send host-name "andare.example.org";
                send fqdn.fqdn "andare.example.org.";
                send fqdn.encoded on;
                send fqdn.server-update off;
                send dhcp-client-identifier "laptop";
                send dhcp-lease-time 3600;
                send vendor-class-identifier "Acme\040One";
                send my-number 16909060;
                send user-class 04:61:62:63:64;
                send dhcp6.vendor-class 00:00:01:37:00:01:61;
                send pick-first-value(option host-name, "x");
                also request ntp-servers, my-number, no-such-option;
                also request dhcp6.sip-servers-addresses, dhcp6.fqdn;
                require subnet-mask, domain-name-servers;
                also require dhcp6.name-servers;
                supersede domain-name "fugue.example home.vix.example";
                supersede dhcp6.name-servers 2001:db8::53;
                supersede dhcp-lease-time 60;
                supersede interface-mtu 1400;
                supersede rfc3442-classless-static-routes 8, 10, 192, 0, 2, 254;
                supersede option-6rd 0:1;
                default ip-forwarding on;
                default domain-name = "example.org";
                prepend domain-name-servers 127.0.0.1, 192.0.2.53;
                append domain-search "corp.example", "lab.example";
                append host-name "x";
                reject 192.33.137.209, 10.0.0.0/8;
                script "/usr/local/sbin/my-script";
                media "-link0";
                do-forward-updates false;
                omapi port 7912;
                alias { interface "c0"; fixed-address 192.5.5.213; option subnet-mask 255.255.255.255; }
                lease {
                  interface "c0";
                  fixed-address 192.33.137.200;
                  medium "link0 link1";
                  option host-name "andare.swiftmedia.example";
                  option subnet-mask 255.255.255.0;
                  option routers 192.33.137.250;
                  renew 2 2000/1/12 00:00:01;
                }
                interface "c1" {
                  send dhcp-client-identifier 1:2:0:0:0:b:b;
                  request routers;
                }
                interface "c9" { request routers; }
                pseudo "second" "c0" { request routers; }
                if option dhcp-message-type = 5 { supersede domain-name "x"; }
                """);
        Matches(tree.Import());
    }

    [Fact(DisplayName = "An option that the configuration's reader refuses is left out alone and told with its place: the rest of its table stays, inside of blocks too")]
    public void Import_OfRefusedOptions_LeavesThemAloneOut()
    {
        using SystemTree tree = new SystemTree()
            .File("/etc/network/interfaces", "auto c0\niface c0 inet dhcp\niface c0 inet6 dhcp\nauto c1\niface c1 inet dhcp\n")
            .File("/etc/dhcp/dhclient.conf", """
                send vendor-class-identifier "Acme"; send unknown-82 1:2; send user-class 04:61:62:63:64;
                supersede domain-name "a.example"; supersede interface-mtu 40; supersede dhcp6.name-servers ff02::1; supersede dhcp6.domain-search "s.example";
                default time-offset 3600; default routers 255.255.255.255; default log-servers 192.0.2.7;
                prepend domain-name-servers 255.255.255.255; prepend domain-search "p.example";
                append ntp-servers 224.0.0.1; append domain-name-servers 192.0.2.9;
                also request unknown-82, log-servers;
                require log-servers, unknown-82;
                lease { interface "c0"; fixed-address 192.0.2.70; option subnet-mask 255.255.255.0; option routers 192.0.2.1; }
                lease { interface "c0"; fixed-address 224.0.0.1; }
                interface "c1" {
                  supersede interface-mtu 20;
                  supersede root-path "/r";
                  send unknown-82 3:4;
                  send unknown-224 "x";
                  lease { fixed-address 192.0.2.71; }
                }
                """);
        Matches(tree.Import());
    }

    private static void Matches(ImportOutcome outcome, [System.Runtime.CompilerServices.CallerMemberName] string method = "", [System.Runtime.CompilerServices.CallerFilePath] string source = "")
    {
        ConfigurationResult result = ConfigurationReader.Read("import.toml", outcome.Toml);
        Assert.Equal("", string.Join('\n', result.Problems));
        Snapshot.Matches(outcome.Toml, source: source, method: method);
    }
}
