using System.Text;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Plan;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Client6;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Resolver;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Store;

/// <summary>
/// State as the release before this format's next change wrote it: a daemon on a bridge, bound by dnsmasq in both families,
/// killed. Whatever a later release does to the format, it reads these files.
/// </summary>
public sealed class PreviousReleaseTests : IDisposable
{
    private const string BootId = "3dcdd083-64ae-4698-900a-1233a957ae3a";
    private const string Namespace = "net:[4026532465]";

    // A minute after the files were written.
    private static readonly StoreClock s_later = new(
        Instant.FromSeconds(16592.47), new DateTimeOffset(2026, 11, 26, 11, 54, 58, TimeSpan.Zero), BootId);

    private readonly TemporaryDirectory _directory = new();

    public PreviousReleaseTests()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(SourceTree.Root, "tests", "BondDhcp.Tests", "Store", "Release1")))
            File.WriteAllBytes(PathOf(Path.GetFileName(file)), File.ReadAllBytes(file));
    }

    public void Dispose() => _directory.Dispose();

    private string PathOf(string file) => Path.Combine(_directory.Path, file);

    private byte[] Octets(string file) => File.ReadAllBytes(PathOf(file));

    // With the checksum it then has.
    private void Change(string file, string old, string text)
    {
        string whole = Encoding.UTF8.GetString(Octets(file));
        Assert.Contains(old, whole, StringComparison.Ordinal);
        bool isSealed = whole.StartsWith("{\"sha256\"", StringComparison.Ordinal);
        string changed = (isSealed ? whole[(whole.IndexOf('\n', StringComparison.Ordinal) + 1)..] : whole).Replace(old, text, StringComparison.Ordinal);
        File.WriteAllBytes(PathOf(file), isSealed ? StoreFile.Sealed(changed) : Encoding.UTF8.GetBytes(changed));
    }

    private StoredMemory<Dhcp4Memory> Load4() => new Dhcp4LeaseStore(_directory.Path).Load("br0", s_later);

    private StoredMemory<Dhcp6Memory> Load6() => new Dhcp6LeaseStore(_directory.Path).Load("br0", s_later);

    private static void AssertLease(StoredMemory<Dhcp4Memory> stored)
    {
        Assert.Empty(stored.Warnings);
        Dhcp4Lease lease = Assert.Single(stored.Memory.Leases);
        Assert.Equal(("192.0.2.62/24", "192.0.2.1", "02:00:00:00:01:01", "example.org"), (lease.Prefix.ToString(), lease.ServerIdentifier.ToString(), lease.GatewayMac.ToString(), lease.Ack.DomainName));
        Assert.Equal(600u, lease.Ack.LeaseSeconds);
        Assert.InRange((lease.ExpiresAt - s_later.Now).TotalSeconds, 530, 545);
        Assert.False(lease.ExpiryUnknown);
    }

    private static void AssertLease(StoredMemory<Dhcp6Memory> stored)
    {
        Assert.Empty(stored.Warnings);
        Dhcp6Lease lease = Assert.Single(stored.Memory.Leases);
        Assert.Equal("2001:db8:55::116", Assert.Single(lease.Addresses).Address.ToString());
        Assert.Equal("2001:db8:55::1", Assert.Single(lease.Reply.DnsServers).ToString());
        Assert.InRange((lease.ExpiresAt - s_later.Now).TotalSeconds, 530, 545);
    }

    [Fact(DisplayName = "State of the previous release is read: leases of both families, the DUID")]
    public void Leases_OfThePreviousRelease_AreRead()
    {
        AssertLease(Load4());
        AssertLease(Load6());
        DuidChoice duid = new DuidStore(_directory.Path).Choose(null, null, null, ScriptedEntropy.Middle());
        Assert.Equal((DuidOrigin.File, "00:04:00:20:1d:ba:e3:76:45:37:b2:a0:c5:c4:c2:bc:5c:86", 0), (duid.Origin, duid.Duid.ToString(), duid.Warnings.Length));
        Assert.True(Dhcp4ClientIdentifier.TryGetDuid(Load4().Memory.Leases[0].ClientIdentifier.AsSpan(), out Iaid iaid, out Duid? same));
        Assert.Equal((duid.Duid, Iaid.FromInterfaceName("br0")), (same, iaid));
    }

    [Fact(DisplayName = "State of the previous release is read: the records of what is ours, and who was told of name servers")]
    public void Records_OfThePreviousRelease_AreRead()
    {
        OwnershipRecord ipv4 = OwnershipRecord.Read(Octets("owned-br0.json"), out string? problem)!;
        Assert.Null(problem);
        Assert.True(ipv4.IsFor(BootId, Namespace, 4));
        Assert.Equal(("192.0.2.62/24", "0.0.0.0/0"), (Assert.Single(ipv4.Ipv4.Addresses).ToString(), Assert.Single(ipv4.Ipv4.Routes).Destination.ToString()));
        Ipv6OwnershipRecord ipv6 = Ipv6OwnershipRecord.Read(Octets("owned6-br0.json"), out problem)!;
        Assert.Null(problem);
        Assert.Equal("2001:db8:55::116", Assert.Single(ipv6.Owned.Addresses).ToString());
        StaticOwnershipRecord written = StaticOwnershipRecord.Read(Octets("static-br0.json"), out problem)!;
        Assert.Null(problem);
        Assert.Equal(["198.51.100.7/24", "fd00::7/64"], written.Owned.Addresses.Select(address => address.ToString()));
        Assert.Equal(2, written.Owned.Routes.Length);
        MasterOwnership master = MasterOwnership.Read(Octets("master-br0.json"), BootId, Namespace, out problem);
        Assert.Null(problem);
        Assert.Equal((4, new OwnedSlave(3, "v0", false, 1500)), (master.Created, Assert.Single(master.Slaves)));

        var told = new ResolverRecord(_directory.Path, BootId).Read(out string? warning);
        Assert.Null(warning);
        Assert.Equal("192.0.2.53", Assert.Single(told, one => one.Target == new ResolverTarget(ResolverWay.Resolvconf, "br0")).Content.Servers);
        File.WriteAllText(PathOf("resolv.conf"), "");
        Assert.True(new ResolvConfFile(PathOf("resolv.conf"), _directory.Path).IsTaken);
    }

    [Fact(DisplayName = "A downgrade: what a later release added within the same format is ignored, and the rest read")]
    public void FieldsOfALaterRelease_AreIgnored()
    {
        Change("dhcp4-br0.json", "\"leases\": [\n    {", "\"later\": { \"x\": [1, null] },\n  \"leases\": [\n    {\n      \"laterToo\": true,");
        Change("dhcp6-br0.json", "\"leases\": [\n    {", "\"later\": { \"x\": [1, null] },\n  \"leases\": [\n    {\n      \"laterToo\": true,");
        AssertLease(Load4());
        AssertLease(Load6());
        foreach (string file in (string[])["owned-br0.json", "owned6-br0.json", "static-br0.json", "master-br0.json", "resolver.json", "resolv.conf.json"])
            Change(file, "{\"version\":1,", "{\"version\":1,\"later\":{\"x\":[1,null]},");
        Records_OfThePreviousRelease_AreRead();
    }

    [Fact(DisplayName = "A format of a later release is kept under another name, with a message, and everything begins anew")]
    public void NewerFormat_IsSetAside()
    {
        foreach (string file in (string[])["dhcp4-br0.json", "dhcp6-br0.json"]) Change(file, "\"version\": 1", "\"version\": 2");
        StoredMemory<Dhcp4Memory> ipv4 = Load4();
        StoredMemory<Dhcp6Memory> ipv6 = Load6();
        Assert.Empty(ipv4.Memory.Leases);
        Assert.Empty(ipv6.Memory.Leases);
        Assert.Contains("dhcp4-br0.json", Assert.Single(ipv4.Warnings), StringComparison.Ordinal);
        Assert.Contains("dhcp6-br0.json", Assert.Single(ipv6.Warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("dhcp4-br0.json")) || File.Exists(PathOf("dhcp6-br0.json")));
        // Whoever goes back to the later release finds it.
        Assert.Equal(2, Directory.GetFiles(_directory.Path, "dhcp?-br0.json.*").Length);

        foreach (string file in (string[])["owned-br0.json", "owned6-br0.json", "static-br0.json", "master-br0.json", "resolver.json"])
            Change(file, "{\"version\":1,", "{\"version\":2,");
        Assert.Null(OwnershipRecord.Read(Octets("owned-br0.json"), out string? problem));
        Assert.Equal("is of format 2", problem);
        Assert.Null(Ipv6OwnershipRecord.Read(Octets("owned6-br0.json"), out problem));
        Assert.Equal("is of format 2", problem);
        Assert.Null(StaticOwnershipRecord.Read(Octets("static-br0.json"), out problem));
        Assert.Equal("is of format 2", problem);
        Assert.Equal(0, MasterOwnership.Read(Octets("master-br0.json"), BootId, Namespace, out problem).Created);
        Assert.NotNull(problem);
        Assert.Empty(new ResolverRecord(_directory.Path, BootId).Read(out string? warning));
        Assert.Contains("resolver.json", warning, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("resolver.json")));
    }
}
