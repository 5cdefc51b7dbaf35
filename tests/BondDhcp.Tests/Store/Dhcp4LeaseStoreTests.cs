using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Store;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Store;

public sealed class Dhcp4LeaseStoreTests : IDisposable
{
    private static readonly DateTimeOffset SomeDay = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoreClock Saving = new(Instant.FromSeconds(1000), SomeDay, "boot-1");

    private readonly TemporaryDirectory _state = new();
    private readonly Dhcp4LeaseStore _store;

    public Dhcp4LeaseStoreTests() => _store = new Dhcp4LeaseStore(_state.Path);

    private string FilePath => Path.Combine(_state.Path, "dhcp4-bond0.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Load_OfWhatWasSaved_GivesItBack()
    {
        Dhcp4Lease lease = Fixture.Lease(obtainedAt: 900, chaddr: Fixture.B) with
        {
            Ack = Fixture.Ack(0xdeadbeef, Fixture.B).Text(15, "example.org").Option(224, [1, 2, 3]).Option(80).ToReply(),
            KeyedByChaddr = true,
            RenewWithLeaseChaddr = true,
            DepartedChaddrTried = true,
            KnownServers = [Fixture.Server2, Fixture.Server],
        };
        Assert.Null(_store.Save("bond0", Fixture.Memory(lease), Saving));

        StoredMemory<Dhcp4Memory> loaded = _store.Load("bond0", Saving);

        Assert.Empty(loaded.Warnings);
        Assert.Equal(Fixture.L, loaded.Memory.LastAddress);
        AssertSame(lease, Assert.Single(loaded.Memory.Leases));
    }

    [Fact]
    public void Load_WithoutAFile_IsEmptyAndSilent()
    {
        StoredMemory<Dhcp4Memory> loaded = new Dhcp4LeaseStore(Path.Combine(_state.Path, "missing")).Load("bond0", Saving);
        Assert.Empty(loaded.Memory.Leases);
        Assert.Empty(loaded.Warnings);
    }

    [Fact]
    public void Save_OfAnInfiniteLease_KeepsItInfinite()
    {
        Dhcp4Lease lease = Fixture.Lease() with { RenewAt = Instant.Never, RebindAt = Instant.Never, ExpiresAt = Instant.Never };
        _store.Save("bond0", Fixture.Memory(lease), Saving);
        Dhcp4Lease back = _store.Load("bond0", Saving with { BootId = "boot-2", WallClock = SomeDay.AddYears(-1) }).Memory.Leases[0];
        Assert.Equal((Instant.Never, false), (back.ExpiresAt, back.ExpiryUnknown));
    }

    [Fact(DisplayName = "AP-2 same boot: the BOOTTIME expiry, whatever the wall clock says")]
    public void Load_InTheSameBoot_UsesBoottime()
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease(900)), Saving);
        Dhcp4Lease lease = LoadOne(new StoreClock(Instant.FromSeconds(2000), SomeDay.AddYears(-10), "boot-1"));
        Assert.Equal(Instant.FromSeconds(4500), lease.ExpiresAt);
        Assert.False(lease.ExpiryUnknown);
    }

    [Fact(DisplayName = "AP-2 other boot: the wall clock's expiry")]
    public void Load_InAnotherBoot_UsesTheWallClock()
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease(900)), Saving);
        // 600 s later, 20 s after boot: of the 3500 s left when it was saved, 2900 s are left.
        Dhcp4Lease lease = LoadOne(new StoreClock(Instant.FromSeconds(20), SomeDay.AddSeconds(600), "boot-2"));
        Assert.Equal(Instant.FromSeconds(2920), lease.ExpiresAt);
        Assert.Equal(Instant.FromSeconds(2470), lease.RebindAt);
        Assert.Equal(Instant.FromSeconds(1120), lease.RenewAt);
        Assert.Equal(Instant.FromSeconds(-680), lease.ObtainedAt);
        Assert.False(lease.ExpiryUnknown);
    }

    [Theory(DisplayName = "AP-2 wall clock set back: INIT-REBOOT only")]
    [InlineData("boot-2")]
    [InlineData("")]
    public void Load_WithTheWallClockSetBack_KnowsNoExpiry(string boot)
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease(900)), Saving with { BootId = boot == "" ? "" : "boot-1" });
        Dhcp4Lease lease = LoadOne(new StoreClock(Instant.FromSeconds(2000), SomeDay.AddSeconds(-1), boot));
        Assert.True(lease.ExpiryUnknown);
        Assert.Equal(Instant.Zero, lease.ExpiresAt);
        Assert.Equal(Fixture.L, lease.Address);
    }

    [Fact(DisplayName = "AP-6 a file cut at any octet is set aside")]
    public void Load_OfATruncatedFile_SetsItAside()
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease()), Saving);
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = 0; length < whole.Length; length++) AssertSetAside(whole[..length]);
    }

    [Fact(DisplayName = "AP-6 a file with a flipped bit is set aside")]
    public void Load_OfADamagedFile_SetsItAside()
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease()), Saving);
        byte[] whole = File.ReadAllBytes(FilePath);
        var random = new Random(20260301);
        for (int i = 0; i < 1000; i++)
        {
            byte[] damaged = [.. whole];
            int octet = random.Next(whole.Length);
            damaged[octet] ^= (byte)(1 << random.Next(8));
            // The case of a checksum's digit is the one bit that says nothing.
            if (char.ToLowerInvariant((char)damaged[octet]) == whole[octet] && octet < 80) continue;
            AssertSetAside(damaged);
        }
    }

    [Fact(DisplayName = "AP-6 a file of 1 MiB is set aside")]
    public void Load_OfAHugeFile_SetsItAside()
    {
        File.WriteAllBytes(FilePath, new byte[1 << 20]);
        AssertSetAside("larger than 65536");
    }

    [Theory(DisplayName = "AP-6 a file that others may write is set aside")]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Load_OfAFileWritableByOthers_SetsItAside(UnixFileMode mode)
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease()), Saving);
        File.SetUnixFileMode(FilePath, File.GetUnixFileMode(FilePath) | mode);
        AssertSetAside("can be written by its group or by others");
    }

    [Fact(DisplayName = "AP-6 a symbolic link is set aside, its target untouched")]
    public void Load_OfASymbolicLink_SetsItAside()
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease()), Saving);
        string target = Path.Combine(_state.Path, "target");
        File.Move(FilePath, target);
        File.CreateSymbolicLink(FilePath, target);
        AssertSetAside("is a symbolic link");
        Assert.True(File.Exists(target));
    }

    [Fact(DisplayName = "AP-6 a file of a newer format is kept under another name")]
    public void Load_OfANewerFormat_KeepsTheFile()
    {
        File.WriteAllBytes(FilePath, StoreFile.Sealed("\"version\": 7, \"leases\": \"elsewhere\"}\n"));
        string warning = Assert.Single(_store.Load("bond0", Saving).Warnings);
        Assert.Contains("newer format 7", warning, StringComparison.Ordinal);
        Assert.True(File.Exists(FilePath + ".version-7"));
    }

    [Theory(DisplayName = "AP-6 a file with a right checksum and wrong content is set aside")]
    [InlineData("")]
    [InlineData("\"version\": 1}")]
    [InlineData("\"version\": 0, \"leases\": []}")]
    [InlineData("\"version\": \"1\"}")]
    [InlineData("\"version\": 1, \"savedAt\": \"yesterday\", \"savedAtBoottime\": 1, \"bootId\": \"\", \"leases\": []}")]
    [InlineData("\"version\": 1, \"savedAt\": \"2026-03-01T12:00:00.0000000Z\", \"savedAtBoottime\": 9223372036854775807, \"bootId\": \"\", \"leases\": []}")]
    [InlineData("\"version\": 1, \"savedAt\": \"2026-03-01T12:00:00.0000000Z\", \"savedAtBoottime\": 1, \"bootId\": \"\\ud800\", \"leases\": []}")]
    [InlineData("\"version\": 1, \"savedAt\": \"2026-03-01T12:00:00.0000000Z\", \"savedAtBoottime\": 1, \"bootId\": \"\", \"leases\": [1]}")]
    [InlineData("\"version\": 1, \"savedAt\": \"2026-03-01T12:00:00.0000000Z\", \"savedAtBoottime\": 1, \"bootId\": \"\", \"leases\": [[[[1]]]]}")]
    public void Load_OfMadeUpContent_SetsItAside(string content) => AssertSetAside(StoreFile.Sealed(content));

    [Fact]
    public void Load_OfALeaseThatNoServerMayGrant_RefusesThatLeaseAlone()
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease(), Fixture.Lease()), Saving);
        string text = File.ReadAllText(FilePath);
        int start = text.IndexOf("\"version\"", StringComparison.Ordinal);
        int last = text.LastIndexOf("\"yiaddr\": \"192.0.2.50\"", StringComparison.Ordinal);
        string changed = string.Concat(text.AsSpan(start, last - start), "\"yiaddr\": \"127.0.0.1\"", text.AsSpan(last + 22));
        File.WriteAllBytes(FilePath, StoreFile.Sealed(changed));

        StoredMemory<Dhcp4Memory> loaded = _store.Load("bond0", Saving);

        Assert.Single(loaded.Memory.Leases);
        Assert.Contains(nameof(Dhcp4DropReason.Yiaddr), Assert.Single(loaded.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ForAReader_LeavesADamagedFileWhereItIs()
    {
        File.WriteAllText(FilePath, "damaged");
        Assert.Single(_store.Load("bond0", Saving, setAside: false).Warnings);
        Assert.Equal("damaged", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Load_OfManyDamagedFiles_KeepsAFew()
    {
        for (int i = 0; i < 30; i++) AssertSetAside([1, 2, 3]);
        Assert.True(Directory.GetFiles(_state.Path).Length <= 10);
    }

    [Fact]
    public void Save_OfMoreOptionsThanFit_KeepsTheNewestLeases()
    {
        ReplyMessage ack = Fixture.Ack(1, Fixture.A);
        for (byte code = 224; code < 254; code++) ack.Option(code, new byte[255]);
        Dhcp4Lease large = Fixture.Lease() with { Ack = ack.ToReply() };
        Dhcp4Lease newest = large with { Chaddr = Fixture.B };
        Assert.Null(_store.Save("bond0", Fixture.Memory(newest, large, large, large, large, large, large, large), Saving));
        StoredMemory<Dhcp4Memory> loaded = _store.Load("bond0", Saving);
        Assert.Empty(loaded.Warnings);
        Assert.InRange(loaded.Memory.Leases.Length, 2, 7);
        Assert.Equal(Fixture.B, loaded.Memory.Leases[0].Chaddr);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../etc/passwd")]
    [InlineData("sixteencharacter")]
    public void Store_OfANameNoInterfaceHas_Throws(string name)
    {
        Assert.Throws<ArgumentException>(() => _store.Load(name, Saving));
        Assert.Throws<ArgumentException>(() => _store.Save(name, Dhcp4Memory.Empty, Saving));
    }

    [Fact]
    public void FindDuid_FromAStoredLease_IsThatOfItsClientIdentifier()
    {
        Assert.Null(_store.FindDuid());
        _store.Save("bond0", Fixture.Memory(Fixture.Lease()), Saving);
        Assert.Equal(["bond0"], _store.Interfaces().AsEnumerable());
        Assert.Equal("00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd", _store.FindDuid()?.ToString());
    }

    [Fact]
    public void SetAside_OfAStoredLease_LeavesNothingToLoad()
    {
        _store.Save("bond0", Fixture.Memory(Fixture.Lease()), Saving);
        Assert.Contains("three faults", _store.SetAside("bond0", "led to three faults"), StringComparison.Ordinal);
        Assert.Empty(_store.Load("bond0", Saving).Memory.Leases);
        Assert.Null(_store.SetAside("bond0", "again"));
    }

    private Dhcp4Lease LoadOne(StoreClock clock)
    {
        StoredMemory<Dhcp4Memory> loaded = _store.Load("bond0", clock);
        Assert.Empty(loaded.Warnings);
        return Assert.Single(loaded.Memory.Leases);
    }

    private void AssertSetAside(byte[] content)
    {
        File.WriteAllBytes(FilePath, content);
        AssertSetAside("");
    }

    private void AssertSetAside(string why)
    {
        StoredMemory<Dhcp4Memory> loaded = _store.Load("bond0", Saving);
        Assert.Empty(loaded.Memory.Leases);
        string warning = Assert.Single(loaded.Warnings);
        Assert.Contains(why, warning, StringComparison.Ordinal);
        Assert.Contains("set aside as dhcp4-bond0.json.damaged-", warning, StringComparison.Ordinal);
        Assert.False(Path.Exists(FilePath));
    }

    private static void AssertSame(Dhcp4Lease expected, Dhcp4Lease actual)
    {
        Assert.Equal(expected.ClientIdentifier.AsEnumerable(), actual.ClientIdentifier);
        Assert.Equal(expected.KnownServers.AsEnumerable(), actual.KnownServers);
        Assert.Equal(
            expected.Ack.Options.Select(option => (option.Code, HexText.Colons(option.Data.AsSpan()))),
            actual.Ack.Options.Select(option => (option.Code, HexText.Colons(option.Data.AsSpan()))));
        Assert.Equal(expected.Ack.DnsServers.AsEnumerable(), actual.Ack.DnsServers);
        Assert.Equal(expected.Ack.Routes.AsEnumerable(), actual.Ack.Routes);
        Assert.Equal(
            (expected.Ack.Xid, expected.Ack.Chaddr, expected.Ack.DomainName, expected.Ack.LeaseSeconds, expected.Prefix),
            (actual.Ack.Xid, actual.Ack.Chaddr, actual.Ack.DomainName, actual.Ack.LeaseSeconds, actual.Prefix));
        // What is left are plain values.
        Assert.Equal(
            expected with { Ack = actual.Ack, ClientIdentifier = actual.ClientIdentifier, KnownServers = actual.KnownServers },
            actual);
    }
}
