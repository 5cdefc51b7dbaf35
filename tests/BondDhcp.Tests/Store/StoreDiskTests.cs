using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Store;

public sealed class StoreDiskTests : IDisposable
{
    private const int DiskSize = 64 * 1024;
    private static readonly StoreClock Clock = new(Instant.FromSeconds(1000), DateTimeOffset.UnixEpoch.AddYears(56), "boot-1");

    private readonly TemporaryDirectory _state = new();
    private readonly Dhcp4LeaseStore _store;

    public StoreDiskTests() => _store = new Dhcp4LeaseStore(_state.Path);

    private string FilePath => Path.Combine(_state.Path, "dhcp4-bond0.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Save_OnAFullDisk_SaysSoAndKeepsTheOldFile() => PrivateMounts.WithTmpfs(_state.Path, DiskSize, () =>
    {
        Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease()), Clock));
        byte[] before = File.ReadAllBytes(FilePath);
        FillDisk();

        string? problem = _store.Save("bond0", Fixture.Memory(Fixture.Lease(chaddr: Fixture.B)), Clock);

        Assert.Contains("No space left on device", problem, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
        Assert.Equal(["dhcp4-bond0.json", "filler"], Directory.GetFiles(_state.Path).Select(Path.GetFileName).Order());
        Assert.Equal(Fixture.A, _store.Load("bond0", Clock).Memory.Leases[0].Chaddr);

        File.Delete(Path.Combine(_state.Path, "filler"));
        Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease(chaddr: Fixture.B)), Clock));
        Assert.Equal(Fixture.B, _store.Load("bond0", Clock).Memory.Leases[0].Chaddr);
    });

    [Fact]
    public void Save_OnAReadOnlyDisk_SaysSoAndKeepsTheOldFile() => PrivateMounts.WithTmpfs(_state.Path, DiskSize, () =>
    {
        Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease()), Clock));
        PrivateMounts.MakeReadOnly(_state.Path);

        Assert.Contains("Read-only file system", _store.Save("bond0", Dhcp4Memory.Empty, Clock), StringComparison.Ordinal);
        Assert.Single(_store.Load("bond0", Clock).Memory.Leases);
    });

    [Fact]
    public void Load_OfADamagedFileOnAReadOnlyDisk_WarnsAndGoesOn() => PrivateMounts.WithTmpfs(_state.Path, DiskSize, () =>
    {
        File.WriteAllText(FilePath, "damaged");
        PrivateMounts.MakeReadOnly(_state.Path);
        StoredMemory<Dhcp4Memory> loaded = _store.Load("bond0", Clock);
        Assert.Empty(loaded.Memory.Leases);
        Assert.Contains("not set aside either", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
    });

    [Fact]
    public void Duid_OnAReadOnlyDisk_IsUsedWithAWarning() => PrivateMounts.WithTmpfs(_state.Path, DiskSize, () =>
    {
        PrivateMounts.MakeReadOnly(_state.Path);
        DuidChoice choice = new DuidStore(_state.Path).Choose(null, null, machineId: new byte[16], ScriptedEntropy.Middle());
        Assert.Equal(DuidOrigin.MachineId, choice.Origin);
        Assert.Contains("Read-only file system", Assert.Single(choice.Warnings), StringComparison.Ordinal);
    });

    [Fact]
    public void Save_WhereADirectoryHasTheFilesName_SaysSo()
    {
        Directory.CreateDirectory(FilePath);
        Assert.NotNull(_store.Save("bond0", Dhcp4Memory.Empty, Clock));
        Assert.False(Path.Exists(FilePath + ".tmp"));
    }

    [Fact]
    public void Save_WhereTheStateDirectoryIsAFile_SaysSo()
    {
        string file = Path.Combine(_state.Path, "file");
        File.WriteAllText(file, "");
        Assert.NotNull(new Dhcp4LeaseStore(file).Save("bond0", Dhcp4Memory.Empty, Clock));
    }

    [Fact(DisplayName = "AP-1 a crash between write and rename leaves the old content")]
    public void Load_AfterACrashBeforeTheRename_GivesTheOldContent()
    {
        Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease(chaddr: Fixture.B)), Clock));
        byte[] next = File.ReadAllBytes(FilePath);
        Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease()), Clock));
        // What a crash leaves: any beginning of the new content, under the name that is not the file's yet.
        for (int length = 0; length <= next.Length; length += 97)
        {
            File.WriteAllBytes(FilePath + ".tmp", next[..length]);
            StoredMemory<Dhcp4Memory> loaded = _store.Load("bond0", Clock);
            Assert.Empty(loaded.Warnings);
            Assert.Equal(Fixture.A, loaded.Memory.Leases[0].Chaddr);
        }
        // What it left is in nobody's way.
        Assert.Null(_store.Save("bond0", Fixture.Memory(Fixture.Lease(chaddr: Fixture.B)), Clock));
        Assert.Equal(Fixture.B, _store.Load("bond0", Clock).Memory.Leases[0].Chaddr);
        Assert.Equal([FilePath], Directory.GetFiles(_state.Path));
    }

    [Fact]
    public void Save_WhereALinkHasTheTemporaryName_DoesNotFollowIt()
    {
        string victim = Path.Combine(_state.Path, "victim");
        File.WriteAllText(victim, "untouched");
        File.CreateSymbolicLink(FilePath + ".tmp", victim);
        Assert.Null(_store.Save("bond0", Dhcp4Memory.Empty, Clock));
        Assert.Equal("untouched", File.ReadAllText(victim));
    }

    // tmpfs counts pages: a file the size of the disk takes all of them.
    private void FillDisk()
    {
        using FileStream filler = File.Create(Path.Combine(_state.Path, "filler"), bufferSize: 1);
        try
        {
            for (byte[] page = new byte[4096]; ;) filler.Write(page);
        }
        catch (IOException error)
        {
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        }
    }
}
