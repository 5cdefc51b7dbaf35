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
    private static readonly DateTimeOffset s_someDay = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoreClock s_saving = new(Instant.FromSeconds(1000), s_someDay, "boot-1");

    private readonly TemporaryDirectory _state = new();
    private readonly Dhcp6LeaseStore _store;

    public Dhcp6LeaseStoreTests() => _store = new Dhcp6LeaseStore(_state.Path);

    private string FilePath => Path.Combine(_state.Path, "dhcp6-bond0.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Load_OfWhatWasSaved_GivesItBack()
    {
        Dhcp6Lease lease = Fixture6.Lease(900, prefix: Fixture6.P) with { GatewayMac = Fixture.GatewayMac };
        lease = lease with { Prefixes = [lease.Prefixes[0] with { Excluded = Ipv6Prefix.Parse("2001:db8:1200:ff::/64") }] };
        Assert.Null(_store.Save("bond0", Fixture6.Memory(lease, Fixture6.Lease(100, Fixture6.L3)), s_saving));
        StoredMemory<Dhcp6Memory> loaded = _store.Load("bond0", s_saving);
        Assert.Empty(loaded.Warnings);
        Assert.Equal(2, loaded.Memory.Leases.Length);
        Dhcp6Lease back = loaded.Memory.Leases[0];
        Assert.Equal(lease.Addresses.AsEnumerable(), back.Addresses);
        Assert.Equal(lease.Prefixes.AsEnumerable(), back.Prefixes);
        Assert.Equal((lease.AddressTimes, lease.PrefixTimes, lease.ObtainedAt), (back.AddressTimes, back.PrefixTimes, back.ObtainedAt));
        Assert.Equal((lease.ClientIdentifier, lease.Iaid, lease.GatewayMac, lease.ServerIdentifier), (back.ClientIdentifier, back.Iaid, back.GatewayMac, back.ServerIdentifier));
        Assert.Equal(Fixture6.Dns, Assert.Single(back.Reply.DnsServers));
        Assert.Equal(Fixture6.Client, _store.FindDuid());
        Assert.Equal("bond0", Assert.Single(_store.Interfaces()));
    }

    [Fact(DisplayName = "AP-2 (v6) same boot, another boot, a wall clock that went back")]
    public void Load_InAnotherBoot_TranslatesTheTimes()
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease(900)), s_saving);
        Dhcp6Lease same = LoadOne(new StoreClock(Instant.FromSeconds(1200), s_someDay.AddYears(-10), "boot-1"));
        Assert.Equal(Instant.FromSeconds(1800), same.ExpiresAt);
        // 600 s later, 20 s after boot: of the 800 s left when it was saved, 200 s are left.
        Dhcp6Lease other = LoadOne(new StoreClock(Instant.FromSeconds(20), s_someDay.AddSeconds(600), "boot-2"));
        Assert.Equal((Instant.FromSeconds(220), false), (other.ExpiresAt, other.ExpiryUnknown));
        Dhcp6Lease unknown = LoadOne(new StoreClock(Instant.FromSeconds(20), s_someDay.AddSeconds(-1), "boot-2"));
        Assert.True(unknown.ExpiryUnknown);
    }

    [Fact]
    public void Save_OfInfiniteLifetimes_KeepsThemInfinite()
    {
        Dhcp6Lease lease = Fixture6.Lease() with { Addresses = [new Dhcp6LeasedAddress(Fixture6.L, Instant.Never, Instant.Never)], AddressTimes = Dhcp6IaTimes.Never };
        _store.Save("bond0", Fixture6.Memory(lease), s_saving);
        Dhcp6Lease back = LoadOne(s_saving with { BootId = "boot-2", WallClock = s_someDay.AddYears(-1) });
        Assert.Equal((Instant.Never, Instant.Never, false), (back.ExpiresAt, back.RenewAt, back.ExpiryUnknown));
    }

    [Theory(DisplayName = "AP-6 (v6): a file that is not as it was written is set aside")]
    [InlineData("2001:db8::100", "2001:db8::101")]
    [InlineData("\"version\": 1", "\"version\": 0")]
    public void Load_OfADamagedFile_SetsItAside(string old, string changed)
    {
        _store.Save("bond0", Fixture6.Memory(Fixture6.Lease()), s_saving);
        File.WriteAllText(FilePath, File.ReadAllText(FilePath).Replace(old, changed, StringComparison.Ordinal));
        StoredMemory<Dhcp6Memory> loaded = _store.Load("bond0", s_saving);
        Assert.Empty(loaded.Memory.Leases);
        Assert.Single(loaded.Warnings);
        Assert.False(File.Exists(FilePath));
    }

    [Theory(DisplayName = "AP-6 (v6): a checksum does not make true what is made up")]
    [InlineData("\"address\": \"2001:db8::100\"", "\"address\": \"ff02::1\"")]
    [InlineData("\"address\": \"2001:db8::100\"", "\"address\": \"fe80::1\"")]
    [InlineData("\"prefix\": \"2001:db8:1200::/56\"", "\"prefix\": \"::/0\"")]
    [InlineData("\"prefix\": \"2001:db8:1200::/56\"", "\"prefix\": \"2001:db8:1200::1/56\"")]
    [InlineData("\"iaid\": 854071576", "\"iaid\": -1")]
    [InlineData("\"renewAtBoottime\": ", "\"renewAtBoottime\": 99999999999")]
    [InlineData("\"renewAtBoottime\": 3000000000", "\"renewAtBoottime\": null")]
    [InlineData("\"validUntilBoottime\": 9000000000", "\"validUntilBoottime\": 1")]
    public void Load_OfImpossibleValues_SetsTheFileAside(string old, string made)
    {
        string content = Content(Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P)));
        Assert.Contains(old, content, StringComparison.Ordinal);
        File.WriteAllBytes(FilePath, StoreFile.Sealed(content.Replace(old, made, StringComparison.Ordinal)));
        StoredMemory<Dhcp6Memory> loaded = _store.Load("bond0", s_saving);
        Assert.Empty(loaded.Memory.Leases);
        Assert.Single(loaded.Warnings);
    }

    [Fact]
    public void Load_OfAMessageThatWouldNotBeTaken_LeavesTheLeaseOut()
    {
        string content = Content(Fixture6.Memory(Fixture6.Lease()));
        // The server identifier is option 2: under another code it is missing.
        Assert.Contains("\"code\": 2,", content, StringComparison.Ordinal);
        File.WriteAllBytes(FilePath, StoreFile.Sealed(content.Replace("\"code\": 2,", "\"code\": 9,", StringComparison.Ordinal)));
        StoredMemory<Dhcp6Memory> loaded = _store.Load("bond0", s_saving);
        Assert.Empty(loaded.Memory.Leases);
        Assert.Contains("as a REPLY like it would not be", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(FilePath));
    }

    [Fact(DisplayName = "AX-2 (store of DHCPv6): damaged content under a right checksum never throws")]
    public void Load_OfMutatedContent_NeverThrows()
    {
        byte[] content = Encoding.UTF8.GetBytes(Content(Fixture6.Memory(Fixture6.Lease(prefix: Fixture6.P))));
        for (int i = 0; i < 3000; i++)
        {
            File.WriteAllBytes(FilePath, StoreFile.Sealed(Fuzzing.Mutate(content, Fuzzing.Random(i))));
            foreach (Dhcp6Lease lease in _store.Load("bond0", s_saving with { BootId = "boot-2" }, setAside: false).Memory.Leases)
                Assert.All(lease.Addresses, one => Assert.True(one.Address.IsUsableUnicast));
        }
    }

    [Fact(DisplayName = "AX-2 (store of DHCPv6): whatever REPLY is taken from the network comes back as it was")]
    public void Load_OfAnyReplyThatWasTaken_GivesItBack()
    {
        byte[] seed = Fixture6.Reply(xid: 7).IaPd(300, 480, (Fixture6.P, 600, 900)).Option(999).Option(65535, 1).Dns(Fixture6.Dns)
            .Option(24, Convert.FromHexString("076578616d706c65036f726700")).ToOctets();
        Random random = Fuzzing.Random(8);
        // Each of these writes and synchronises a file.
        for (int taken = 0, i = 0; taken < 500; i++)
        {
            byte[] octets = i == 0 ? seed : Fuzzing.Mutate(seed, random);
            if (Dhcp6MessageView.TryParse(octets, out Dhcp6MessageView view) != Dhcp6DropReason.None) continue;
            if (Dhcp6ReplyReader.TryRead(view, out Dhcp6Reply? reply) != Dhcp6DropReason.None || reply!.Type != Dhcp6MessageType.Reply) continue;
            taken++;
            Assert.Null(_store.Save("bond0", Fixture6.Memory(Fixture6.Lease() with { Reply = reply }), s_saving));
            Dhcp6Reply back = LoadOne(s_saving).Reply;
            Assert.Equal(
                (reply.Xid, reply.Status, reply.ServerIdentifier, reply.ClientIdentifier),
                (back.Xid, back.Status, back.ServerIdentifier, back.ClientIdentifier));
            Assert.Equal(reply.Options.Select(one => (one.Code, HexText.Colons(one.Data.AsSpan()))), back.Options.Select(one => (one.Code, HexText.Colons(one.Data.AsSpan()))));
            Assert.Equal(reply.Notes.AsEnumerable(), back.Notes);
        }
    }

    private string Content(Dhcp6Memory memory)
    {
        _store.Save("bond0", memory, s_saving);
        string text = File.ReadAllText(FilePath);
        return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    private Dhcp6Lease LoadOne(StoreClock clock) => Assert.Single(_store.Load("bond0", clock).Memory.Leases);
}
