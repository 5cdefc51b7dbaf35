using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Store;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Store;

public sealed class Dhcp6LeaseStoreTests : IDisposable
{
    // Each of these writes and synchronises a file.
    private const int SlowIterations = 500;

    private static readonly DateTimeOffset SomeDay = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoreClock Saving = new(Instant.FromSeconds(1000), SomeDay, "boot-1");

    private readonly TemporaryDirectory _state = new();
    private readonly Dhcp6LeaseStore _store;

    public Dhcp6LeaseStoreTests() => _store = new Dhcp6LeaseStore(_state.Path);

    private string FilePath => Path.Combine(_state.Path, "dhcp6-bond0.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Load_OfWhatWasSaved_GivesItBack()
    {
        Dhcp6Lease lease = Fixture6.Lease(900, prefix: Fixture6.P) with
        {
            GatewayMac = Fixture.GatewayMac,
            Reply = Fixture6.Reply(xid: 0xabcdef).Option(999, 1, 2, 3).Option(23, [.. new byte[16]]).ToReply(),
        };
        lease = lease with
        {
            Prefixes = [lease.Prefixes[0] with { Excluded = Ipv6Prefix.Parse("2001:db8:1200:3::/64"), ValidUntil = Instant.Never }],
        };
        Assert.Null(_store.Save("bond0", Fixture6.Memory(lease, Fixture6.Lease(0, Fixture6.L3)), Saving));

        Dhcp6StoredMemory loaded = _store.Load("bond0", Saving);

        Assert.Empty(loaded.Warnings);
        Assert.Equal(2, loaded.Memory.Leases.Length);
        AssertSame(lease, loaded.Memory.Leases[0]);
        Assert.Equal(["bond0"], _store.Interfaces().AsEnumerable());
        Assert.Equal(Fixture6.Client, _store.FindDuid());
    }

    [Fact]
    public void Load_WithoutAFile_IsEmptyAndSilent()
    {
        Dhcp6StoredMemory loaded = new Dhcp6LeaseStore(Path.Combine(_state.Path, "missing")).Load("bond0", Saving);
        Assert.Empty(loaded.Memory.Leases);
        Assert.Empty(loaded.Warnings);
    }

    [Fact(DisplayName = "AP-2 DHCPv6, same boot: the BOOTTIME expiry, whatever the wall clock says")]
    public void Load_InTheSameBoot_UsesBoottime()
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease(900)), Saving);
        Dhcp6Lease lease = LoadOne(new StoreClock(Instant.FromSeconds(1200), SomeDay.AddYears(-10), "boot-1"));
        Assert.Equal((Instant.FromSeconds(1800), false), (lease.ExpiresAt, lease.ExpiryUnknown));
    }

    [Fact(DisplayName = "AP-2 DHCPv6, other boot: the wall clock's expiry")]
    public void Load_InAnotherBoot_UsesTheWallClock()
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease(900, prefix: Fixture6.P)), Saving);
        // 200 s later, 20 s after boot: of the 800 s left when it was saved, 600 s are left.
        Dhcp6Lease lease = LoadOne(new StoreClock(Instant.FromSeconds(20), SomeDay.AddSeconds(200), "boot-2"));
        Assert.Equal((Instant.FromSeconds(620), Instant.FromSeconds(320)), (lease.Addresses[0].ValidUntil, lease.Addresses[0].PreferredUntil));
        Assert.Equal(Instant.FromSeconds(620), lease.Prefixes[0].ValidUntil);
        Assert.Equal((Instant.FromSeconds(20), Instant.FromSeconds(200)), (lease.RenewAt, lease.RebindAt));
        Assert.Equal((Instant.FromSeconds(-280), false), (lease.ObtainedAt, lease.ExpiryUnknown));
    }

    [Theory(DisplayName = "AP-2 DHCPv6, wall clock set back: to be extended before use")]
    [InlineData("boot-2")]
    [InlineData("")]
    public void Load_WithTheWallClockSetBack_KnowsNoExpiry(string boot)
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease(900)), Saving with { BootId = boot == "" ? "" : "boot-1" });
        var clock = new StoreClock(Instant.FromSeconds(2000), SomeDay.AddSeconds(-1), boot);
        Dhcp6Lease lease = LoadOne(clock);
        Assert.Equal((Instant.Zero, true, Fixture6.L), (lease.ExpiresAt, lease.ExpiryUnknown, lease.Addresses[0].Address));
        // An infinite one has not ended, whatever the time is.
        Dhcp6Lease infinite = Fixture6.Lease(900);
        infinite = infinite with { Addresses = [new Dhcp6LeasedAddress(Fixture6.L, Instant.Never, Instant.Never)], AddressTimes = Dhcp6IaTimes.Never };
        _store.Save("bond0", Fixture6.Memory(infinite), Saving with { BootId = boot == "" ? "" : "boot-1" });
        lease = LoadOne(clock);
        Assert.Equal((Instant.Never, false), (lease.ExpiresAt, lease.ExpiryUnknown));
    }

    [Fact(DisplayName = "AP-6 DHCPv6: a file cut at any octet, or with a flipped bit, is set aside")]
    public void Load_OfADamagedFile_SetsItAside()
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease()), Saving);
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = 0; length < whole.Length; length += 7) AssertSetAside(whole[..length]);
        var random = new Random(20260301);
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            int octet = random.Next(whole.Length);
            damaged[octet] ^= (byte)(1 << random.Next(8));
            // The case of a checksum's digit is the one bit that says nothing.
            if (char.ToLowerInvariant((char)damaged[octet]) == whole[octet] && octet < 80) continue;
            AssertSetAside(damaged);
        }
    }

    [Fact(DisplayName = "AP-6 DHCPv6: a newer format is kept under another name, a reader leaves everything where it is")]
    public void Load_OfANewerFormat_KeepsTheFile()
    {
        File.WriteAllBytes(FilePath, StoreFile.Sealed("\"version\": 7, \"leases\": \"elsewhere\"}\n"));
        Assert.Contains("newer format", Assert.Single(_store.Load("bond0", Saving, setAside: false).Warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(FilePath));
        Assert.Contains("newer format 7", Assert.Single(_store.Load("bond0", Saving).Warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(FilePath + ".version-7"));
    }

    [Theory(DisplayName = "AP-6 DHCPv6: a right checksum around a lease that cannot be is set aside")]
    [InlineData("\"2001:db8::100\"", "\"ff02::1\"")]
    [InlineData("\"2001:db8::100\"", "\"192.0.2.1\"")]
    [InlineData("\"2001:db8:1200::/56\"", "\"2001:db8:1200::1/56\"")]
    [InlineData("\"2001:db8:1200::/56\"", "\"::/0\"")]
    [InlineData("\"2001:db8:1200::/56\"", "\"fe80::/64\"")]
    [InlineData("\"validUntilBoottime\": 9000000000", "\"validUntilBoottime\": 1")]
    [InlineData("\"renewAtBoottime\": 3000000000", "\"renewAtBoottime\": null")]
    [InlineData("\"iaid\": 854071576", "\"iaid\": -1")]
    [InlineData("\"duid\": \"00:04", "\"duid\": \"00-04")]
    public void Load_OfAnImpossibleLease_SetsItAside(string sound, string changed)
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P)), Saving);
        string text = File.ReadAllText(FilePath);
        Assert.Contains(sound, text, StringComparison.Ordinal);
        AssertSetAside(StoreFile.Sealed(text[text.IndexOf("\"version\"", StringComparison.Ordinal)..].Replace(sound, changed, StringComparison.Ordinal)));
    }

    [Fact]
    public void Load_OfAReplyThatNoServerMaySend_RefusesThatLeaseAlone()
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease(), Fixture6.Lease(0, Fixture6.L3)), Saving);
        string text = File.ReadAllText(FilePath);
        int start = text.IndexOf("\"version\"", StringComparison.Ordinal);
        int last = text.LastIndexOf("\"hex\": \"00030001020000000001\"", StringComparison.Ordinal);
        string changed = string.Concat(text.AsSpan(start, last - start), "\"hex\": \"00\"", text.AsSpan(last + 29));
        File.WriteAllBytes(FilePath, StoreFile.Sealed(changed));
        Dhcp6StoredMemory loaded = _store.Load("bond0", Saving);
        Assert.Single(loaded.Memory.Leases);
        Assert.Contains(nameof(Dhcp6DropReason.ServerIdentifier), Assert.Single(loaded.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OfMoreOptionsThanFit_KeepsTheNewestLeases()
    {
        Dhcp6Lease large = Fixture6.Lease() with { Reply = Fixture6.Reply(xid: 1).Option(999, new byte[6000]).ToReply() };
        Assert.Null(_store.Save("bond0", Fixture6.Memory([Fixture6.Lease(0, Fixture6.L2), .. Enumerable.Repeat(large, 7)]), Saving));
        Dhcp6StoredMemory loaded = _store.Load("bond0", Saving);
        Assert.InRange(loaded.Memory.Leases.Length, 2, 7);
        Assert.Equal(Fixture6.L2, loaded.Memory.Leases[0].Addresses[0].Address);
    }

    [Fact(DisplayName = "AX-2 DHCPv6 lease files with damaged content under a right checksum: read or refused, never an exception")]
    public void Load_OfDamagedContent_NeverThrows()
    {
        Assert.Null(_store.Save("bond0", Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P), Fixture6.Lease(0, Fixture6.L3)), Saving));
        string whole = File.ReadAllText(FilePath);
        byte[] content = Encoding.UTF8.GetBytes(whole[whole.IndexOf("\"version\"", StringComparison.Ordinal)..]);
        int read = 0;
        Parallel.For(0, Fuzzing.Iterations, i =>
        {
            MemoryDocument<Dhcp6Memory> document = Dhcp6MemoryReader.Read(StoreFile.Sealed(Fuzzing.Mutate(content, Fuzzing.Random(i))));
            Assert.True(document.Memory is not null ^ (document.Problem ?? document.NewerVersion?.ToString(CultureInfo.InvariantCulture)) is not null);
            if (document.Memory is null) return;
            Interlocked.Increment(ref read);
            foreach (Dhcp6Lease lease in StoredTimes.Translate(document.Memory, document.SavedAt!, Saving with { BootId = "boot-2" }).Leases)
            {
                Assert.True(!lease.IsEmpty && lease.RenewAt <= lease.RebindAt && lease.Reply.Type == Dhcp6MessageType.Reply);
                Assert.All(lease.Addresses, one => Assert.True(one.Address.IsUsableUnicast && one.PreferredUntil <= one.ValidUntil));
            }
        });
        // Damage that misses everything of consequence is common enough to show that sound files pass.
        Assert.InRange(read, 1, Fuzzing.Iterations - 1);
    }

    [Fact(DisplayName = "AX-2 whatever REPLY is taken from the network comes back from the store as it was")]
    public void Load_OfAnyReplyThatWasTaken_GivesItBack()
    {
        byte[] seed = Fixture6.Reply(xid: 7).IaPd(300, 480, (Fixture6.P, 600, 900)).Option(999).Option(65535, 1).Dns(Fixture6.Dns)
            .Option(24, Convert.FromHexString("076578616d706c65036f726700")).ToOctets();
        Random random = Fuzzing.Random(8);
        int taken = 0;
        for (int i = 0; taken < SlowIterations; i++)
        {
            byte[] octets = i == 0 ? seed : Fuzzing.Mutate(seed, random);
            if (Dhcp6MessageView.TryParse(octets, out Dhcp6MessageView view) != Dhcp6DropReason.None) continue;
            if (Dhcp6ReplyReader.TryRead(view, out Dhcp6Reply? reply) != Dhcp6DropReason.None || reply!.Type != Dhcp6MessageType.Reply) continue;
            taken++;
            Assert.Null(_store.Save("bond0", Fixture6.Memory(Fixture6.Lease() with { Reply = reply }), Saving));
            AssertSame(reply, LoadOne(Saving).Reply);
        }
    }

    private Dhcp6Lease LoadOne(StoreClock clock)
    {
        Dhcp6StoredMemory loaded = _store.Load("bond0", clock);
        Assert.Empty(loaded.Warnings);
        return Assert.Single(loaded.Memory.Leases);
    }

    private void AssertSetAside(byte[] content)
    {
        File.WriteAllBytes(FilePath, content);
        Dhcp6StoredMemory loaded = _store.Load("bond0", Saving);
        Assert.Empty(loaded.Memory.Leases);
        Assert.Contains("set aside as dhcp6-bond0.json.damaged-", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        Assert.False(Path.Exists(FilePath));
    }

    private static void AssertSame(Dhcp6Lease expected, Dhcp6Lease actual)
    {
        Assert.Equal(expected.ClientIdentifier, actual.ClientIdentifier);
        Assert.Equal(
            (expected.Iaid, expected.ExpiryUnknown, expected.ObtainedAt, expected.GatewayMac, expected.AddressTimes, expected.PrefixTimes),
            (actual.Iaid, actual.ExpiryUnknown, actual.ObtainedAt, actual.GatewayMac, actual.AddressTimes, actual.PrefixTimes));
        Assert.Equal(expected.Addresses.AsEnumerable(), actual.Addresses);
        Assert.Equal(expected.Prefixes.AsEnumerable(), actual.Prefixes);
        AssertSame(expected.Reply, actual.Reply);
    }

    private static void AssertSame(Dhcp6Reply expected, Dhcp6Reply actual)
    {
        Assert.Equal(
            (expected.Type, expected.Xid, expected.Status, expected.ServerIdentifier, expected.ClientIdentifier),
            (actual.Type, actual.Xid, actual.Status, actual.ServerIdentifier, actual.ClientIdentifier));
        Assert.Equal(
            expected.Options.Select(option => $"{option.Code}={HexText.Colons(option.Data.AsSpan())}"),
            actual.Options.Select(option => $"{option.Code}={HexText.Colons(option.Data.AsSpan())}"));
        Assert.Equal(expected.DnsServers.AsEnumerable(), actual.DnsServers);
        Assert.Equal(expected.SearchDomains.AsEnumerable(), actual.SearchDomains);
        Assert.Equal(expected.Notes.AsEnumerable(), actual.Notes);
    }
}
