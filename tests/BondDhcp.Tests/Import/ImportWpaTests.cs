using System.Diagnostics;
using System.Text;
using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Ifupdown;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Linux;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Import;

/// <summary>The <c>wpa-</c> lines of ifupdown's stanzas, beside Debian's own script and the real wpa_supplicant.</summary>
public sealed class ImportWpaTests
{
    private const string Interfaces = "/etc/network/interfaces", Script = "/etc/wpa_supplicant/functions.sh";

    private const string Ssid = "a\"b #c 日本";

    private sealed class ScriptTheoryAttribute : TheoryAttribute
    {
        public ScriptTheoryAttribute() => Skip = File.Exists(Script) ? null : $"{Script} of Debian's wpasupplicant is not there";
    }

    private static ImportOutcome Import(string options, string header = "auto w0\niface w0 inet dhcp\n", params (string Path, string Text)[] files)
    {
        using SystemTree tree = new();
        tree.File(Interfaces, Encoding.UTF8.GetBytes(header + string.Concat(options.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"  {line}\n"))));
        foreach ((string path, string text) in files) tree.File(path, text);
        return tree.Import();
    }

    private static string[] Fields(ImportOutcome outcome) =>
        [.. Assert.Single(outcome.Supplicants).Text.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Contains('=', StringComparison.Ordinal) && line != "network={" && !line.StartsWith('#') && !line.StartsWith("ctrl", StringComparison.Ordinal))];

    [ScriptTheory(DisplayName = "What a file holds of wpa- lines is what Debian's script tells wpa_supplicant of them, word for word")]
    [InlineData("wpa-ssid home\nwpa-psk secret-phrase")]
    [InlineData("wpa-ssid \"my net \"\nwpa-psk \"secret phrase\"")]
    [InlineData("wpa_ssid home\nwpa_psk 0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789ABCDEF")]
    [InlineData("wpa-ssid home\nwpa-psk 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde")]
    [InlineData("wpa-ssid home\nwpa-psk \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"")]
    [InlineData("wpa-ssid a\"b\nwpa-psk a\"b c\\d'e$f`gh")]
    [InlineData("wpa-ssid Bär 日本\nwpa-psk pässword")]
    [InlineData("wpa-ssid plaintext:abc\nwpa-psk plaintext:secretphrase")]
    [InlineData("wpa-essid first\nwpa-ssid second\nwpa-passphrase phrase-of-it\nwpa-psk other-phrase")]
    [InlineData("wpa-ssid x\nwpa-scan-ssid 1\nwpa-priority 5\nwpa-bssid 00:11:22:33:44:55\nwpa-key-mgmt WPA-PSK WPA-PSK-SHA256\nwpa-proto RSN WPA\nwpa-pairwise CCMP TKIP\nwpa-group CCMP\nwpa-auth-alg OPEN\nwpa-mode 0\nwpa-frequency 2412\nwpa-scan-freq 2412 2437\nwpa-freq-list 5180\nwpa-ap-scan 1\nwpa-proactive-key-caching 1\nwpa-id-str home")]
    [InlineData("wpa-ssid corp\nwpa-key-mgmt WPA-EAP\nwpa-eap PEAP TTLS\nwpa-identity user@example.org\nwpa-anonymous-identity anonymous\nwpa-password s3cr\"t\nwpa-ca-cert /etc/ssl/ca.pem\nwpa-ca-path /etc/ssl\nwpa-subject-match /CN=r\nwpa-altsubject-match DNS:r.example.org\nwpa-phase1 peaplabel=0\nwpa-phase2 auth=MSCHAPV2\nwpa-ca-cert2 /a\nwpa-ca-path2 /b\nwpa-client-cert2 /c\nwpa-private-key2 /d\nwpa-dh-file2 /e\nwpa-subject-match2 f\nwpa-altsubject-match2 g\nwpa-pac-file /p\nwpa-eapol-flags 3")]
    [InlineData("wpa-driver wired\nwpa-key-mgmt IEEE8021X\nwpa-eap TLS\nwpa-identity host\nwpa-client-cert /c.pem\nwpa-private-key /k.pem\nwpa-private-key-passwd pw\nwpa-dh-file /dh\nwpa-eapol-flags 0\nwpa-ap-scan 2\nwpa-engine 1\nwpa-engine-id pkcs11\nwpa-key-id 4\nwpa-pin 1234")]
    [InlineData("wpa-ssid old\nwpa-key-mgmt NONE\nwpa-wep-key0 abcde\nwpa-wep-key1 0123456789\nwpa-wep-key2 \"0123456789abcdef0123456789\"\nwpa-wep-key3 01234567890\nwpa-wep-tx-keyidx 1")]
    [InlineData("wpa-conf managed\nwpa-key-mgmt NONE")]
    public void File_OfWpaLines_IsWhatTheScriptSays(string options)
    {
        using TemporaryDirectory directory = new();
        string cli = Path.Combine(directory.Path, "wpa_cli"), told = Path.Combine(directory.Path, "told");
        File.WriteAllText(cli, $$"""
            #!/bin/sh
            shift 4
            case "$1" in
            add_network) echo 0 ;;
            set_network) printf '%s=%s\n' "$3" "$4" >>{{told}} ;;
            ap_scan) printf '%s=%s\n' "$1" "$2" >>{{told}} ;;
            esac
            """);
        File.SetUnixFileMode(cli, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ProcessStartInfo start = new("/bin/sh", ["-c", $". {Script}; WPA_CLI_BIN={cli}; conf_wpa_supplicant"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["WPA_IFACE"] = "w0";
        foreach (string line in options.Split('\n'))
        {
            string[] parts = line.Split(' ', 2);
            start.Environment["IF_" + parts[0].ToUpperInvariant().Replace('-', '_')] = parts[1].Trim();
        }
        using Process script = Process.Start(start)!;
        string said = script.StandardOutput.ReadToEnd() + script.StandardError.ReadToEnd();
        script.WaitForExit();
        ImportOutcome outcome = Import(options);
        Assert.True(File.Exists(told), said);
        Assert.Equal(File.ReadAllLines(told).Order(StringComparer.Ordinal), Fields(outcome).Order(StringComparer.Ordinal));
        Assert.Empty(outcome.Reader.Draft.Lost);
        Assert.Contains("supplicant = \"/etc/bonddhcp/wpa_supplicant-w0.conf\" # /etc/network/interfaces:3: to be made of the wpa- lines, which hold secrets: import --output FILE writes it beside FILE\n", outcome.Toml, StringComparison.Ordinal);
    }

    // Every option, each with a value that is odd where it can be.
    private static string EveryOption()
    {
        StringBuilder options = new("wpa-driver wired\n");
        foreach ((string name, WpaForm form) in WpaFields.All)
        {
            options.Append("wpa-").Append(name).Append(' ').Append((name, form) switch
            {
                ("ssid", _) => Ssid,
                ("key-mgmt", _) => "WPA-PSK WPA-EAP IEEE8021X",
                ("proto", _) => "RSN WPA",
                ("auth-alg", _) => "OPEN SHARED",
                ("eap", _) => "PEAP TTLS TLS MD5",
                ("freq-list" or "scan-freq", _) => "2412 2437",
                (_, WpaForm.Words) => "CCMP TKIP",
                (_, WpaForm.Number) => "0",
                (_, WpaForm.Bssid) => "00:11:22:33:44:55",
                (_, WpaForm.WepKey) => "0123456789",
                (_, WpaForm.Quoted) => "\"pcsc\"",
                (_, WpaForm.Psk) => "an #odd \"phrase\\",
                _ => "a value's \"text\" #1",
            }).Append('\n');
        }
        return options.ToString();
    }

    [Fact(DisplayName = "The real wpa_supplicant reads the file that is made of every option, and has the values that were meant")]
    public void File_OfEveryOption_IsReadByWpaSupplicant() => PrivateNetwork.Run(() =>
    {
        using TemporaryDirectory directory = new();
        string control = Path.Combine(directory.Path, "ctrl"), file = Path.Combine(directory.Path, "wpa.conf");
        ImportOutcome outcome = Import(EveryOption());
        Assert.Empty(outcome.Reader.Draft.Lost);
        File.WriteAllText(file, Assert.Single(outcome.Supplicants).Text);
        using ChildProcess supplicant = ChildProcess.Start("wpa_supplicant", ["-i", "c0", "-D", "wired", "-O", control, "-c", file], default, out string? problem) ?? throw new InvalidOperationException(problem);
        try
        {
            var clock = Stopwatch.StartNew();
            while (!Path.Exists(Path.Combine(control, "c0")))
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30) && !supplicant.TryReap(out _), "wpa_supplicant does not take " + outcome.Supplicants[0].Text);
                Thread.Sleep(20);
            }
            string Get(string field) => Programs.Run("/usr/bin/env", "wpa_cli", "-p", control, "-i", "c0", "get_network", "0", field).Trim();
            Assert.Equal(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Ssid)), Get("ssid"));
            Assert.Equal("*", Get("psk"));
            Assert.Equal("00:11:22:33:44:55", Get("bssid"));
            Assert.Equal("RSN WPA", string.Join(' ', Get("proto").Split(' ').Order()));
            Assert.Equal("\"a value's \"text\" #1\"", Get("identity"));
        }
        finally
        {
            supplicant.Kill();
        }
    });

    [Fact(DisplayName = "F7 whatever damaged wpa- lines say, the real wpa_supplicant takes the file that is made of them")]
    public void File_OfDamagedLines_IsReadByWpaSupplicant() => PrivateNetwork.Run(() =>
    {
        using TemporaryDirectory directory = new();
        string file = Path.Combine(directory.Path, "wpa.conf");
        byte[] sound = Encoding.UTF8.GetBytes("auto w0\niface w0 inet dhcp\n" + EveryOption());
        int read = 0;
        for (int i = 0; i < Math.Max(40, Fuzzing.Iterations / 2500); i++)
        {
            using SystemTree tree = new SystemTree().File(Interfaces, Fuzzing.Mutate(sound, Fuzzing.Random(i)));
            foreach (ImportedSupplicant made in tree.Import().Supplicants)
            {
                File.WriteAllText(file, made.Text);
                // Of an interface that is not there: it ends when it has read its file.
                string said = Programs.Run("/bin/sh", "-c", $"wpa_supplicant -i none0 -D wired -c {file} 2>&1 || :");
                Assert.Contains("none0: Failed to initialize driver interface", said, StringComparison.Ordinal);
                Assert.DoesNotContain("failed to parse", said, StringComparison.Ordinal);
                read++;
            }
        }
        Assert.InRange(read, 10, int.MaxValue);
    });

    [Theory(DisplayName = "A value that wpa_supplicant would refuse, and the file with it, is left out and named; no value is told")]
    [InlineData("wpa-psk", "seven77", "a pass phrase has 8 to 63 octets")]
    [InlineData("wpa-psk", "pässwör", null)]
    [InlineData("wpa-psk", "sixty-four-characters-that-are-no-hexadecimal-digits-are-too-many", "a pass phrase has 8 to 63 octets")]
    [InlineData("wpa-psk", "a\"phrase#secret", "wpa_passphrase(8)")]
    [InlineData("wpa-psk", "a\tphrase-secret", "it holds a control character")]
    [InlineData("wpa-key-mgmt", "wpa-psk", "wpa_supplicant would not take its value")]
    [InlineData("wpa-key-mgmt", "WPA-PSK NO-SUCH-WORD", "wpa_supplicant would not take its value")]
    [InlineData("wpa-mode", "6", "wpa_supplicant would not take its value")]
    [InlineData("wpa-wep-key0", "of-seventeen-oct.", "wpa_supplicant would not take its value")]
    [InlineData("wpa-wep-key0", "0123456789012345678901234567890123456789012345678901234567", "wpa_supplicant would not take its value")]
    [InlineData("wpa-bssid", "00-11-22-33-44-55", "wpa_supplicant would not take its value")]
    [InlineData("wpa-bssid", "00:11:22", "wpa_supplicant would not take its value")]
    [InlineData("wpa-priority", "high", "wpa_supplicant would not take its value")]
    [InlineData("wpa-eap", "PEAP#TTLS", "wpa_supplicant would not take its value")]
    [InlineData("wpa-pcsc", "\"a#\"", "wpa_supplicant would not take its value")]
    [InlineData("wpa-ap-scan", "3", "ap_scan is 0, 1 or 2")]
    [InlineData("wpa-psk-file", "/no/such/file", "cannot be read")]
    [InlineData("wpa-preauthenticate", "00:11:22:33:44:55", "makes nothing of it")]
    [InlineData("wpa-nai", "user-secret", "makes nothing of it")]
    [InlineData("wpa-pks", "misspelt-secret", "makes nothing of it")]
    [InlineData("wpa-debug-level", "3", "in its own way")]
    [InlineData("wpa-pks=secret-phrase", "", "makes nothing of it")]
    [InlineData("wpa_psk=secret-phrase", "x", "makes nothing of it")]
    [InlineData("wireless-key", "s:misspelt-secret", "no counterpart")]
    [InlineData("up iwconfig w0 key", "s:misspelt-secret", "commands are not run")]
    public void Value_ThatWouldBeRefused_IsNamed(string name, string value, string? expected)
    {
        ImportOutcome outcome = Import($"wpa-ssid home\n{name} {value}\nwpa-scan-ssid 1");
        Assert.Equal(expected is null ? ["ssid=\"home\"", $"psk=\"{value}\"", "scan_ssid=1"] : ["ssid=\"home\"", "scan_ssid=1"], Fields(outcome));
        if (expected is null)
        {
            Assert.Empty(outcome.Reader.Draft.Lost);
            return;
        }
        ImportNote note = Assert.Single(outcome.Reader.Draft.Lost);
        Assert.Contains(expected, note.Text, StringComparison.Ordinal);
        Assert.Equal("/etc/network/interfaces:4", note.From!.ToString());
        if (value.Length > 1) Assert.DoesNotContain(value, note.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-phrase", outcome.Toml, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Of a command that is not taken the program's name alone is told, and of an assignment not even that: keys are words of many commands")]
    [InlineData("up iw dev w0 connect home key 0:sesame", "up iw ...")]
    [InlineData("pre-up /sbin/ip macsec add macsec0 rx port 1 address 02:00:00:00:00:01 sa 0 pn 1 on key 00 5e5a3e", "pre-up ip ...", "5e5a3e")]
    [InlineData("up ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 1 enc 'cbc(aes)' 0x5e5a3e", "up ip ...", "5e5a3e")]
    [InlineData("post-up curl -u me:sesame https://192.0.2.1/", "post-up curl ...")]
    [InlineData("up WPA_PSK=sesame script", "up ...")]
    [InlineData("up WPA_PSK=/dir/sesame script", "up ...")]
    [InlineData("up 'sesame' | script", "up ...")]
    [InlineData("up echo|sesame", "up ...")]
    [InlineData("down /usr/bin/Script.sh PASS sesame", "down Script.sh ...")]
    [InlineData("pre-down iwconfig w0 key s:sesame", "pre-down iwconfig ...")]
    public void Command_ThatIsNotTaken_TellsItsProgramAlone(string command, string expected, string secret = "sesame")
    {
        ImportOutcome outcome = Import(command);
        Assert.Equal($"/etc/network/interfaces:3: '{expected}': commands are not run; hooks = \"DIRECTORY\" runs programs at each event", Assert.Single(outcome.Reader.Draft.Lost).ToString());
        Assert.DoesNotContain(secret, outcome.Toml, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Secrets that stand where none belongs are in no output: behind the method, in a stanza without a counterpart, in statements of dhclient and dhcp6c")]
    public void Secret_InAnOddPlace_IsInNoOutput()
    {
        ImportOutcome outcome = Import(
            "wpa-ssid home", "iface p0 inet ppp\n  wpa-psk sesame\n  up PSK=sesame script\nauto w0\niface w0 inet dhcp wpa-psk sesame\n",
            ("/etc/dhcp/dhclient.conf", "key name { secret \"sesame\"; }\nkey name secret \"sesame\";\nsecret \"sesame\";\nsend my-auth \"sesame\";\nsend dhcp-lease-time sesame;\nsupersede routers sesame.x;\n"),
            ("/etc/wide-dhcpv6/dhcp6c.conf", "keyinfo name { realm \"r\"; secret \"sesame\"; };\nsecret \"sesame\";\ninterface w0 { secret \"sesame\"; };\nid-assoc na 0 { secret \"sesame\"; };\n"),
            ("/var/lib/dhcp/dhclient.leases", "lease { interface \"w0\"; fixed-address 192.0.2.62; expire never; }\nkey name secret \"sesame\";\n"));
        Assert.True(outcome.Configuration.Find("w0")!.Dhcp4);
        string told = string.Join('\n', outcome.Reader.Draft.Lost);
        foreach (string part in (string[])["'wpa-psk ...': its", "'up ...': its", "behind the method", "'key ...'", "'secret ...'", "'send my-auth ...'", "'send dhcp-lease-time ...'", "'supersede routers ...'", "'keyinfo ...'", "dhclient.leases:2: 'key ...'"])
            Assert.Contains(part, told, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", told + outcome.Toml, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An SSID that is none leaves its network out: a network without one would be any; a line outside of every stanza tells no value")]
    public void Ssid_ThatIsTooLong_LeavesTheNetworkOut()
    {
        ImportOutcome outcome = Import("wpa-ssid a-name-of-thirty-three-characters-\nwpa-psk secret-phrase", "wpa-psk secret-phrase\nauto w0\niface w0 inet dhcp\n");
        Assert.Empty(outcome.Supplicants);
        Assert.Equal(
            ["/etc/network/interfaces:1: 'wpa-psk ...' belongs to no stanza", "/etc/network/interfaces:4: 'wpa-ssid ...': an SSID has 1 to 32 octets", "/etc/network/interfaces:5: 'wpa-psk ...': the network's SSID is not taken"],
            outcome.Reader.Draft.Lost.Select(note => note.ToString()));
        Assert.DoesNotContain("secret", outcome.Toml, StringComparison.Ordinal);
        Assert.Null(outcome.Configuration.Find("w0")!.Supplicant);
    }

    [Fact(DisplayName = "wpa-psk-file: the phrase of the file, which is told to nobody else")]
    public void PskFile_IsRead()
    {
        ImportOutcome outcome = Import("wpa-ssid home\nwpa-psk other-phrase\nwpa-psk-file /etc/psk", files: ("/etc/psk", "phrase-of-the-file\n"));
        Assert.Equal(["ssid=\"home\"", "psk=\"phrase-of-the-file\""], Fields(outcome));
        Assert.DoesNotContain("phrase", outcome.Toml, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "wpa-conf and wpa-roam name the file; lines of a network beside wpa-conf are named, and the stanza that wpa_action brings up is the radio's")]
    public void WpaConf_AndWpaRoam_NameTheFile()
    {
        ImportOutcome conf = Import("wpa-conf /etc/wpa/home.conf\nwpa-ssid home\nwpa-psk secret-phrase\nwpa-driver madwifi");
        Assert.Equal("/etc/wpa/home.conf", conf.Configuration.Find("w0")!.Supplicant!.ConfigurationFile);
        Assert.Empty(conf.Supplicants);
        Assert.Equal(
            ["/etc/network/interfaces:6: wpa-driver madwifi: wpa_supplicant has it no more; nl80211,wext is taken, as by Debian's script",
                "/etc/network/interfaces:4: 'wpa-ssid ...': beside wpa-conf: add it to /etc/wpa/home.conf", "/etc/network/interfaces:5: 'wpa-psk ...': beside wpa-conf: add it to /etc/wpa/home.conf"],
            conf.Reader.Draft.Lost.Select(note => note.ToString()));

        ImportOutcome roam = Import(
            "wpa-roam /etc/wpa/roam.conf\nwpa-driver nl80211", "iface default inet dhcp\niface work inet static\n  address 192.0.2.7/24\niface other inet manual\nauto w0\niface w0 inet manual\n",
            ("/etc/wpa/roam.conf", "network={\n ssid=\"w\"\n id_str=\"work\"\n}\n"));
        Assert.Equal(("/etc/wpa/roam.conf", "nl80211"), (roam.Configuration.Find("w0")!.Supplicant!.ConfigurationFile, roam.Configuration.Find("w0")!.Supplicant!.Driver));
        Assert.True(roam.Configuration.Find("w0")!.Dhcp4);
        Assert.Equal(["w0"], roam.Configuration.Interfaces.Select(one => one.Name));
        Assert.Contains("/etc/network/interfaces:2: iface work is for the networks of that id_str in /etc/wpa/roam.conf", Assert.Single(roam.Reader.Draft.Lost).ToString(), StringComparison.Ordinal);
        Assert.Contains("# No [interface.other]: nothing of /etc/network/interfaces:4 is carried over (an empty section would bring it up).\n", roam.Toml, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A slave of a bond keeps its radio; wpa-iface is another interface's; a later stanza with other lines is named")]
    public void Lines_OfASlaveOrAnother_AreTheRadios()
    {
        ImportOutcome slave = Import("bond-master bond0\nwpa-ssid home\nwpa-psk secret-phrase", "auto bond0\niface bond0 inet dhcp\n  bond-slaves none\nauto w0\niface w0 inet manual\n");
        Assert.Equal("/etc/bonddhcp/wpa_supplicant-w0.conf", slave.Configuration.Find("w0")!.Supplicant!.ConfigurationFile);
        Assert.True(slave.Configuration.Find("bond0")!.Dhcp4);

        ImportOutcome other = Import("bond-slaves w1 e0\nbond-mode active-backup\nwpa-iface w1\nwpa-bridge br0\nwpa-ssid home", "auto bond0\niface bond0 inet dhcp\n");
        Assert.Equal("w1", Assert.Single(other.Supplicants).InterfaceName);
        Assert.Contains("'wpa-bridge ...': bonddhcp starts wpa_supplicant in its own way", Assert.Single(other.Reader.Draft.Lost).ToString(), StringComparison.Ordinal);

        ImportOutcome two = Import("wpa-ssid home", "auto w0\niface w0 inet6 dhcp\n  wpa-ssid home\niface w0 inet static\n  address 192.0.2.7/24\n  wpa-ssid other\niface w0 inet dhcp\n");
        Assert.Equal(["ssid=\"home\""], Fields(two));
        Assert.Equal("/etc/network/interfaces:6: the wpa- lines of w0: an earlier stanza has others, which are taken", Assert.Single(two.Reader.Draft.Lost).ToString());
    }
}
