using BondDhcp.Host.Resolver;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Resolver;

/// <summary>The runner with stand-ins for resolvectl and systemd-resolved, and with a resolv.conf of its own.</summary>
public sealed class ResolverRunnerTests : IDisposable
{
    private const string File1 = "[interface.bond0]\ndhcp4 = true\ndns = \"file\"\n";

    private readonly ResolverBed _bed = new();

    public void Dispose() => _bed.Dispose();

    private string[] FileLines => [.. File.ReadAllLines(_bed.Places.ResolvConf).Where(line => !line.StartsWith('#'))];

    [Fact(DisplayName = "D12 where resolved runs, resolvectl is told servers and domains of both families, and reverts")]
    public void Resolved_IsToldAndReverted()
    {
        _bed.StartResolved();
        _bed.Start();
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        _bed.Offer6("bond0", "2001:db8::53", "fe80::1");
        _bed.Settle();
        Assert.Equal(
            [
                "-- dns bond0 192.0.2.53", "-- domain bond0 example.org",
                "-- dns bond0 192.0.2.53 2001:db8::53 fe80::1", "-- domain bond0 example.org lab.example",
            ],
            _bed.Calls);
        ResolverSnapshot shown = _bed.Runner.SnapshotOf("bond0")!;
        Assert.Equal(("resolved", null), (shown.Way, shown.Why));
        _bed.Runner.Offer("bond0", OfferFamily.Ipv6, null);
        _bed.Runner.Offer("bond0", OfferFamily.Ipv4, null);
        _bed.Settle();
        Assert.Equal("-- revert bond0", _bed.Calls[^1]);
        Assert.Null(_bed.Runner.SnapshotOf("bond0"));
        Assert.Empty(_bed.Warnings);
    }

    [Fact(DisplayName = "What is written down is told first, beside what leases give, none twice, and alone when they end; status names it")]
    public void Static_IsToldBeforeLeases_AndTakenBack()
    {
        _bed.StartResolved();
        _bed.Start("[interface.bond0]\ndhcp4 = true\nname-servers = [\"192.0.2.99\", \"fe80::1%bond0\", \"127.0.0.1\"]\nsearch-domains = [\"static.example\"]\n");
        _bed.Offer4("bond0", "192.0.2.53", "192.0.2.99");
        _bed.OfferStatic("bond0");
        _bed.Offer6("bond0", "fe80::1", "2001:db8::53");
        _bed.Settle();
        Assert.Equal(["-- dns bond0 192.0.2.99 fe80::1 127.0.0.1 192.0.2.53 2001:db8::53", "-- domain bond0 static.example example.org lab.example"], _bed.Calls[^2..]);
        ResolverSnapshot shown = _bed.Runner.SnapshotOf("bond0")!;
        Assert.Equal(("192.0.2.99 fe80::1 127.0.0.1", "static.example"), (string.Join(' ', shown.StaticServers), string.Join(' ', shown.StaticSearchDomains)));
        _bed.Runner.Offer("bond0", OfferFamily.Ipv4, null);
        _bed.Runner.Offer("bond0", OfferFamily.Ipv6, null);
        _bed.Settle();
        Assert.Equal(["-- dns bond0 192.0.2.99 fe80::1 127.0.0.1", "-- domain bond0 static.example"], _bed.Calls[^2..]);
        _bed.Runner.Offer("bond0", OfferFamily.Static, null);
        _bed.Settle();
        Assert.Equal("-- revert bond0", _bed.Calls[^1]);
        Assert.Null(_bed.Runner.SnapshotOf("bond0"));
    }

    [Fact(DisplayName = "After a restart what is written down is known first: what an earlier run told of the lease stays until that is decided; where no lease can come it is decided at once")]
    public void Static_AfterARestart_DoesNotTakeTheLeaseAway()
    {
        _bed.StartResolved();
        const string both = "[interface.bond0]\ndhcp4 = true\nname-servers = [\"192.0.2.99\"]\n";
        _bed.Start(both);
        _bed.OfferStatic("bond0");
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        int calls = _bed.Calls.Length;
        _bed.Start(both);
        _bed.OfferStatic("bond0");
        _bed.Settle();
        Assert.Equal(calls, _bed.Calls.Length);
        _bed.Offer4("bond0", "192.0.2.54");
        _bed.Settle();
        Assert.Contains("-- dns bond0 192.0.2.99 192.0.2.54", _bed.Calls);
        Assert.DoesNotContain("-- dns bond0 192.0.2.99 ", string.Join('\n', _bed.Calls[calls..]).Replace("192.0.2.99 192.0.2.54", "", StringComparison.Ordinal), StringComparison.Ordinal);

        _bed.Start("[interface.bond0]\nname-servers = [\"192.0.2.99\"]\n");
        _bed.OfferStatic("bond0");
        _bed.Settle();
        Assert.Contains("-- dns bond0 192.0.2.99", _bed.Calls);
        _bed.Start("[interface.bond0]\ndhcp4 = false\n");
        _bed.Settle();
        Assert.Equal("-- revert bond0", _bed.Calls[^1]);
    }

    [Fact]
    public void Offers_TheSameAgain_TellNobodyAgain()
    {
        _bed.StartResolved();
        _bed.Start();
        for (int i = 0; i < 5; i++) _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        Assert.Equal(2, _bed.Calls.Length);
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.For(50);
        Assert.Equal(2, _bed.Calls.Length);
    }

    [Fact]
    public void Domains_WithoutServers_TakeTheServersAway()
    {
        _bed.StartResolved();
        _bed.Start();
        _bed.Offer4("bond0");
        _bed.Settle();
        Assert.Equal(["-- dns bond0 ", "-- domain bond0 example.org"], _bed.Calls);
    }

    [Fact(DisplayName = "AP-11 resolved starts again: it is told again within 2 s, though it fails at first")]
    public void Resolved_StartsAgain_IsToldAgain()
    {
        _bed.StartResolved();
        _bed.Start();
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        // As it does at every change of a name server: no sign of a start.
        File.WriteAllText(Path.Combine(_bed.Places.ResolvedDirectory, "resolv.conf"), "x");
        _bed.For(400);
        Assert.Equal(2, _bed.Calls.Length);

        File.Delete(_bed.At("calls"));
        _bed.Script("resolvectl", $"[ -e {_bed.At("ready")} ] || {{ touch {_bed.At("ready")}; echo not yet; exit 1; }}; echo \"$*\" >> {_bed.At("calls")}");
        _bed.StartResolved();
        TimeSpan took = _bed.Until(() => _bed.Calls.Length == 2);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(["-- dns bond0 192.0.2.53", "-- domain bond0 example.org"], _bed.Calls);
        Assert.Contains("not yet", Assert.Single(_bed.Warnings), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "D12 resolved that comes later, or comes back with another directory, is told")]
    public void Resolved_ComesLater_IsTold()
    {
        _bed.Start();
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        Assert.Empty(_bed.Calls);
        ResolverSnapshot shown = _bed.Runner.SnapshotOf("bond0")!;
        Assert.Equal((null, "192.0.2.53"), (shown.Way, Assert.Single(shown.Servers)));
        Assert.StartsWith("nobody takes them: neither systemd-resolved nor resolvconf is there", shown.Why, StringComparison.Ordinal);
        Assert.StartsWith("bond0: name servers 192.0.2.53: nobody takes them", Assert.Single(_bed.Warnings), StringComparison.Ordinal);

        _bed.StartResolved();
        Assert.InRange(_bed.Until(() => _bed.Calls.Length == 2), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        _bed.StopResolved();
        Directory.Delete(_bed.Places.ResolvedDirectory, recursive: true);
        _bed.For(100);
        _bed.StartResolved();
        // Taken back from it first, where its going was judged when it was there again.
        Assert.InRange(_bed.Until(() => _bed.Calls is [_, _, .., "-- dns bond0 192.0.2.53", "-- domain bond0 example.org"] and { Length: >= 4 }), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Resolved_ThatEnded_LeavesItsSocket_AndIsNotTold()
    {
        _bed.StartResolved();
        _bed.StopResolved();
        _bed.Start();
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        Assert.Empty(_bed.Calls);
        Assert.Null(_bed.Runner.SnapshotOf("bond0")!.Way);
    }

    [Fact(DisplayName = "D12 systemd-resolved of another network namespace is not told of an interface that only has the name of one of its own")]
    public void Resolved_OfAnotherNamespace_IsNotOurs()
    {
        _bed.StartResolved();
        Assert.True(_bed.Places.Look().Resolved);
        // The socket is this process's, which stays where it is.
        PrivateNetwork.Run(() => Assert.False(_bed.Places.Look().Resolved));
    }

    [Fact(DisplayName = "D12 resolvconf in another network namespace with the same /run is the host's: it is not told, and status says so")]
    public void Resolvconf_OfAnotherNamespace_IsNotOurs()
    {
        _bed.Places = _bed.Places with { Resolvconf = _bed.Script("resolvconf", $"echo \"$*\" >> {_bed.At("calls")}"), FirstProcess = $"/proc/{Environment.ProcessId}" };
        Assert.Equal(new ResolverWays(false, true), _bed.Places.Look());
        PrivateNetwork.Run(() =>
        {
            Assert.Equal(new ResolverWays(false, false) { AreOfOthers = true }, _bed.Places.Look());
            _bed.Start();
            _bed.Offer4("bond0", "192.0.2.53");
            _bed.Settle();
            ResolverSnapshot shown = _bed.Runner.SnapshotOf("bond0")!;
            Assert.Null(shown.Way);
            Assert.Contains("another network namespace's; dns = \"file\" writes /etc/resolv.conf", shown.Why, StringComparison.Ordinal);
        });
        Assert.Empty(_bed.Calls);
        // Of a first process that cannot be looked at nothing is held against resolvconf.
        _bed.Places = _bed.Places with { FirstProcess = _bed.At("no-process") };
        PrivateNetwork.Run(() => Assert.True(_bed.Places.Look().Resolvconf));
    }

    [Theory]
    [InlineData("/run", "0:25 /", "0:25 /", true)]
    [InlineData("/run", "0:25 /", "0:31 /", false)]
    [InlineData("/", "8:1 /", "8:1 /", true)]
    [InlineData("/", "8:1 /a", "8:1 /b", false)]
    public void MountTable_SaysWhetherTwoProcessesSeeOneDirectory(string point, string ours, string theirs, bool same)
    {
        string? Of(string mount) => MountTable.Find(["21 1 8:9 / / rw - ext4 /dev/sda1 rw", $"22 21 {mount} {point} rw,nosuid shared:5 - tmpfs tmpfs rw", "23 22 0:40 / /run/lock rw - tmpfs tmpfs rw", "24 22 0:41 / /running rw - tmpfs tmpfs rw"], "/run");
        Assert.NotNull(Of(ours));
        Assert.Equal(same, Of(ours) == Of(theirs));
        Assert.Null(MountTable.Find(_bed.At("no-file"), "/run"));
    }

    [Fact]
    public void Resolvconf_ThatIsResolvectl_IsNoneWithoutResolved()
    {
        File.CreateSymbolicLink(_bed.At("resolvconf"), _bed.Places.Resolvectl);
        _bed.Places = _bed.Places with { Resolvconf = _bed.At("resolvconf") };
        Assert.Equal(new ResolverWays(false, false), _bed.Places.Look());
    }

    [Fact]
    public void Program_ThatHangs_IsEnded_AndTheLoopGoesOn()
    {
        _bed.StartResolved();
        _bed.Script("resolvectl", "echo stuck; sleep 60");
        _bed.Start();
        _bed.Offer4("bond0", "192.0.2.53");
        bool settled = false;
        _bed.Runner.Settle(() => settled = true);
        Assert.InRange(_bed.Until(() => settled), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        _bed.Until(() => _bed.Warnings.Length > 0, 20_000);
        Assert.Equal($"bond0: {_bed.Places.Resolvectl} took too long and was ended: stuck", _bed.Warnings[0]);
        Assert.Equal($"{_bed.Places.Resolvectl} took too long and was ended: stuck", _bed.Runner.SnapshotOf("bond0")!.Why);
    }

    [Fact(DisplayName = "D12 after kill -9 the next run knows what was told: it takes back what is not wanted any more, and leaves the rest")]
    public void NextRun_KnowsWhatWasTold()
    {
        _bed.StartResolved();
        const string both = "[interface.bond0]\ndhcp4 = true\n[interface.eth0]\ndhcp4 = true\n";
        _bed.Start(both);
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Offer4("eth0", "198.51.100.53");
        _bed.Settle();
        File.Delete(_bed.At("calls"));

        _bed.Start();
        _bed.Settle();
        Assert.Equal(["-- revert eth0"], _bed.Calls);
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        Assert.Equal(["-- revert eth0", "-- dns bond0 192.0.2.53", "-- domain bond0 example.org"], _bed.Calls);

        _bed.Start("[interface.bond0]\ndhcp4 = true\ndns = false\n");
        _bed.Settle();
        Assert.Equal("-- revert bond0", _bed.Calls[^1]);
    }

    [Fact]
    public void NextRun_InAnotherBoot_KnowsNothing()
    {
        _bed.StartResolved();
        _bed.Start();
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Settle();
        File.Delete(_bed.At("calls"));
        _bed.Start("", bootId: "another");
        _bed.Settle();
        Assert.Empty(_bed.Calls);
    }

    [Fact]
    public void Record_Damaged_IsSetAside()
    {
        Directory.CreateDirectory(_bed.Places.RuntimeDirectory);
        File.WriteAllText(Path.Combine(_bed.Places.RuntimeDirectory, "resolver.json"), "{\"version\":1,\"bootId\":\"boot\",\"told\":[{\"way\":\"resolved\",\"interface\":\"../x\"}]}");
        _bed.Start();
        Assert.Contains("is not a record of name servers; set aside as resolver.json.damaged-1", Assert.Single(_bed.Warnings), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "D12 dns = \"file\": written, merged, kept over kill -9, and put back when it is given up")]
    public void File_IsWrittenKeptAndPutBack()
    {
        File.WriteAllText(_bed.Places.ResolvConf, "nameserver 203.0.113.1\n");
        _bed.StartResolved();
        _bed.Start(File1);
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Offer6("bond0", "fe80::1");
        Assert.Equal(["search example.org lab.example", "nameserver 192.0.2.53", "nameserver fe80::1%bond0"], FileLines);
        string written = File.ReadAllText(_bed.Places.ResolvConf);

        _bed.Start(File1);
        _bed.For(50);
        Assert.Equal(written, File.ReadAllText(_bed.Places.ResolvConf));
        _bed.Offer4("bond0", "192.0.2.54");
        Assert.Equal(["search example.org", "nameserver 192.0.2.54"], FileLines);
        _bed.Runner.Offer("bond0", OfferFamily.Ipv4, null);
        Assert.Equal("nameserver 203.0.113.1\n", File.ReadAllText(_bed.Places.ResolvConf));
        Assert.Empty(_bed.Calls);
        Assert.Empty(_bed.Warnings);
    }

    [Fact(DisplayName = "D12 dns = false on a reload puts the file back, and \"auto\" hands over to resolved")]
    public void File_GivenUpByTheConfiguration_IsPutBack()
    {
        File.WriteAllText(_bed.Places.ResolvConf, "nameserver 203.0.113.1\n");
        _bed.StartResolved();
        _bed.Start(File1);
        _bed.Offer4("bond0", "192.0.2.53");
        _bed.Runner.Configure(ResolverBed.Read("[interface.bond0]\ndhcp4 = true\n"));
        _bed.Settle();
        Assert.Equal("nameserver 203.0.113.1\n", File.ReadAllText(_bed.Places.ResolvConf));
        Assert.Equal(2, _bed.Calls.Length);
        _bed.Runner.Configure(ResolverBed.Read("[interface.bond0]\ndhcp4 = true\ndns = false\n"));
        _bed.Settle();
        Assert.Equal("-- revert bond0", _bed.Calls[^1]);
        Assert.Equal("dns is false", _bed.Runner.SnapshotOf("bond0")!.Why);
    }

    [Fact(DisplayName = "D12 an edit is noticed at once, told in status, and left; a reload takes the file again")]
    public void File_Edited_IsLeftUntilAReload()
    {
        _bed.Start(File1);
        _bed.Offer4("bond0", "192.0.2.53");
        File.WriteAllText(_bed.Places.ResolvConf, "nameserver 203.0.113.9\n");
        _bed.Until(() => _bed.Runner.SnapshotOf("bond0")!.Why is not null);
        Assert.Contains("was changed by somebody else and is left alone", _bed.Runner.SnapshotOf("bond0")!.Why, StringComparison.Ordinal);
        _bed.Offer4("bond0", "192.0.2.54");
        Assert.Equal(["nameserver 203.0.113.9"], FileLines);
        Assert.Single(_bed.Warnings);
        // The next run leaves it too.
        _bed.Start(File1);
        _bed.Offer4("bond0", "192.0.2.54");
        Assert.Equal(["nameserver 203.0.113.9"], FileLines);

        _bed.Runner.Configure(ResolverBed.Read(File1));
        _bed.Until(() => _bed.Runner.SnapshotOf("bond0")!.Why is null);
        Assert.Contains("nameserver 192.0.2.54", FileLines);
        _bed.Runner.Offer("bond0", OfferFamily.Ipv4, null);
        Assert.Equal(["nameserver 203.0.113.9"], FileLines);
    }

    [Fact]
    public void File_Removed_IsWrittenAgain()
    {
        _bed.Start(File1);
        _bed.Offer4("bond0", "192.0.2.53");
        File.Delete(_bed.Places.ResolvConf);
        _bed.Until(() => File.Exists(_bed.Places.ResolvConf));
        Assert.Contains("nameserver 192.0.2.53", FileLines);
    }

    [Fact]
    public void File_ThatIsALink_IsNamedInStatus()
    {
        File.CreateSymbolicLink(_bed.Places.ResolvConf, _bed.At("stub"));
        _bed.Start(File1);
        _bed.Offer4("bond0", "192.0.2.53");
        Assert.Contains($"is a symbolic link to {_bed.At("stub")}, and is left alone", _bed.Runner.SnapshotOf("bond0")!.Why, StringComparison.Ordinal);
        Assert.False(File.Exists(_bed.At("stub")));
    }

    [Fact(DisplayName = "RFC 8910 3: families that name different captive portals are told of, once")]
    public void Portals_ThatDiffer_AreTold()
    {
        _bed.Start("[interface.bond0]\ndhcp4 = true\ndns = false\n");
        for (int i = 0; i < 2; i++)
        {
            _bed.Runner.Offer("bond0", OfferFamily.Ipv4, new NetworkOffer { CaptivePortal = "https://a.example/", NtpServers = ["192.0.2.1"], TimeZone = "Europe/Berlin" });
            _bed.Runner.Offer("bond0", OfferFamily.Ipv6, new NetworkOffer { CaptivePortal = "https://b.example/", NtpServers = ["ntp.example", "192.0.2.1"] });
        }
        Assert.Equal("bond0: DHCPv4 and IPv6 name different captive portals: https://a.example/ and https://b.example/", Assert.Single(_bed.Warnings));
        ResolverSnapshot shown = _bed.Runner.SnapshotOf("bond0")!;
        Assert.Equal(("https://a.example/", "Europe/Berlin"), (shown.CaptivePortal, shown.TimeZone));
        Assert.Equal(["192.0.2.1", "ntp.example"], shown.NtpServers.ToArray());
    }
}
