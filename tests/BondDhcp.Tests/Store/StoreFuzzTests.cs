using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using BondDhcp.Tests.Wire;
using Xunit;

namespace BondDhcp.Tests.Store;

public sealed class StoreFuzzTests : IDisposable
{
    // Each of these writes and synchronises a file.
    private const int SlowIterations = 1000;

    private static readonly StoreClock Clock = new(Instant.FromSeconds(1000), DateTimeOffset.UnixEpoch.AddYears(56), "boot-1");

    private readonly TemporaryDirectory _state = new();
    private readonly Dhcp4LeaseStore _store;

    public StoreFuzzTests() => _store = new Dhcp4LeaseStore(_state.Path);

    private string FilePath => Path.Combine(_state.Path, "dhcp4-bond0.json");

    public void Dispose() => _state.Dispose();

    [Fact(DisplayName = "AX-2 lease files with damaged content under a right checksum: read or refused, never an exception")]
    public void Load_OfDamagedContent_NeverThrows()
    {
        Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease(), Fixture.Lease(chaddr: Fixture.B)), Clock));
        string whole = File.ReadAllText(FilePath);
        byte[] content = Encoding.UTF8.GetBytes(whole[whole.IndexOf("\"version\"", StringComparison.Ordinal)..]);
        int read = 0;
        Parallel.For(0, Fuzzing.Iterations, i =>
        {
            MemoryDocument<Dhcp4Memory> document = Dhcp4MemoryReader.Read(StoreFile.Sealed(Fuzzing.Mutate(content, Fuzzing.Random(i))));
            Assert.True(document.Memory is not null ^ (document.Problem ?? document.NewerVersion?.ToString(CultureInfo.InvariantCulture)) is not null);
            if (document.Memory is null) return;
            Interlocked.Increment(ref read);
            foreach (Dhcp4Lease lease in StoredTimes.Translate(document.Memory, document.SavedAt!, Clock with { BootId = "boot-2" }).Leases)
                Assert.True(lease.Address.IsUsableUnicast && lease.ClientIdentifier.Length >= 2 && lease.Ack.Type == Dhcp4MessageType.Ack);
        });
        // Damage that misses everything of consequence is common enough to show that sound files pass.
        Assert.InRange(read, 1, Fuzzing.Iterations - 1);
    }

    [Fact(DisplayName = "AX-2 whatever DHCPACK is taken from the network comes back from the store as it was")]
    public void Load_OfAnyAckThatWasTaken_GivesItBack()
    {
        byte[] seed = Fixture.Ack(1, Fixture.A)
            .Text(15, "example.org").Option(119, Convert.FromHexString("076578616d706c65036f726700"))
            .Option(121, Convert.FromHexString("00c0000201100a11c0000209")).Option(224).Option(52, 3).Seconds(58, 100).ToOctets();
        // What the overloaded fields hold (option 52 = 3): a domain name, and a fragment of an option begun elsewhere.
        Convert.FromHexString("0c0474657374ff").CopyTo(seed.AsSpan(108));
        Convert.FromHexString("e00201020ff0").AsSpan(0, 4).CopyTo(seed.AsSpan(44));
        var random = Fuzzing.Random(8);
        int taken = 0;
        for (int i = 0; taken < SlowIterations; i++)
        {
            byte[] octets = i == 0 ? seed : Fuzzing.Mutate(seed, random);
            if (Dhcp4MessageView.TryParse(octets, out Dhcp4MessageView view) != Dhcp4DropReason.None) continue;
            if (Dhcp4ReplyReader.TryRead(view, out Dhcp4Reply? ack) != Dhcp4DropReason.None || ack!.Type != Dhcp4MessageType.Ack) continue;
            taken++;
            Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease() with { Ack = ack }), Clock));
            Dhcp4StoredMemory loaded = _store.Load("bond0", Clock);
            Assert.Empty(loaded.Warnings);
            Assert.Equal(Facts(ack), Facts(loaded.Memory.Leases[0].Ack));
        }
    }

    [Fact(DisplayName = "AX-2 damaged DUID files: an identifier in any case")]
    public void Choose_OfADamagedFile_NeverThrows()
    {
        string path = Path.Combine(_state.Path, "duid");
        byte[] sound = Encoding.ASCII.GetBytes("00:04:8b:af:2d:96:b4:a2:48:6c:9e:15:ce:ee:09:6b:5c:cd\n");
        var random = Fuzzing.Random(9);
        for (int i = 0; i < SlowIterations; i++)
        {
            File.WriteAllBytes(path, Fuzzing.Mutate(sound, random));
            DuidChoice choice = new DuidStore(_state.Path).Choose(null, null, new byte[16], ScriptedEntropy.Middle());
            Assert.Equal(choice.Origin == DuidOrigin.File, choice.Warnings.IsEmpty);
        }
    }

    /// <summary>Everything a reply says, as text; option 52 is about how it was written.</summary>
    private static string Facts(Dhcp4Reply ack) => string.Join(
        '\n',
        ack.Xid, ack.Chaddr, ack.Yiaddr, ack.Siaddr, ack.Giaddr, ack.ServerIdentifier, ack.LeaseSeconds, ack.RenewalSeconds, ack.RebindingSeconds,
        ack.PrefixLength, string.Join(' ', ack.Routers), string.Join(' ', ack.Routes), string.Join(' ', ack.DnsServers), ack.DomainName,
        ack.HostName, string.Join(' ', ack.SearchDomains), ack.Mtu, ack.BroadcastAddress, ack.RapidCommit, ack.Ipv6OnlyWaitSeconds, ack.AutoConfigure,
        string.Join(' ', ack.Options.Where(option => option.Code != 52).Select(option => $"{option.Code}={HexText.Colons(option.Data.AsSpan())}")));
}
