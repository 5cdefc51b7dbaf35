using BondDhcp.Dhcp.Identity;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Identity;

public sealed class DuidStoreTests : IDisposable
{
    private static readonly byte[] SomeMachineId = MachineId.Parse("0123456789abcdef0123456789abcdef")!;

    private readonly TemporaryDirectory _state = new();
    private readonly DuidStore _store;

    public DuidStoreTests() => _store = new DuidStore(_state.Path);

    private string FilePath => Path.Combine(_state.Path, "duid");

    public void Dispose() => _state.Dispose();

    [Fact(DisplayName = "AP-5 without a machine-id a random DUID-UUID is kept")]
    public void Choose_WithoutMachineId_KeepsARandomOne()
    {
        DuidChoice first = _store.Choose(null, null, machineId: null, ScriptedEntropy.Seeded(1));
        DuidChoice second = _store.Choose(null, null, machineId: null, ScriptedEntropy.Seeded(2));

        Assert.Equal(DuidOrigin.Random, first.Origin);
        Assert.Equal(DuidOrigin.File, second.Origin);
        Assert.Equal(first.Duid, second.Duid);
        Assert.Empty(first.Warnings);
        Assert.Equal(first.Duid + "\n", File.ReadAllText(FilePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Choose_WithAFile_IgnoresLeaseAndMachineId()
    {
        File.WriteAllText(FilePath, "000409\n");
        DuidChoice choice = _store.Choose(null, Parse("00:04:aa"), SomeMachineId, ScriptedEntropy.Middle());
        Assert.Equal((Parse("00:04:09"), DuidOrigin.File), (choice.Duid, choice.Origin));
        Assert.Empty(choice.Warnings);
    }

    [Fact]
    public void Choose_WithConfiguration_WinsOverTheFileAndWarns()
    {
        File.WriteAllText(FilePath, "00:04:09\n");
        DuidChoice choice = _store.Choose(Parse("00:04:aa"), null, SomeMachineId, ScriptedEntropy.Middle());
        Assert.Equal((Parse("00:04:aa"), DuidOrigin.Configuration), (choice.Duid, choice.Origin));
        Assert.Contains("00:04:09", Assert.Single(choice.Warnings), StringComparison.Ordinal);
        Assert.Equal("00:04:09\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Choose_WithStoredLeaseOnly_TakesItsDuid()
    {
        DuidChoice choice = _store.Choose(null, Parse("00:04:aa"), SomeMachineId, ScriptedEntropy.Middle());
        Assert.Equal((Parse("00:04:aa"), DuidOrigin.StoredLease), (choice.Duid, choice.Origin));
        Assert.Equal("00:04:aa\n", File.ReadAllText(FilePath));
    }

    [Theory(DisplayName = "AP-5 a damaged DUID file is set aside with a warning")]
    [InlineData("")]
    [InlineData("0004\n")]
    [InlineData("00:04:09:\n")]
    [InlineData("not a duid\n")]
    public void Choose_WithDamagedFile_SetsItAside(string content)
    {
        File.WriteAllText(FilePath, content);
        DuidChoice choice = _store.Choose(null, null, SomeMachineId, ScriptedEntropy.Middle());
        Assert.Equal(DuidOrigin.MachineId, choice.Origin);
        Assert.Contains("duid.damaged-1", Assert.Single(choice.Warnings), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(FilePath + ".damaged-1"));
        Assert.Equal(choice.Duid + "\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Choose_ThroughASymbolicLink_SetsTheLinkAside()
    {
        string target = Path.Combine(_state.Path, "elsewhere");
        File.WriteAllText(target, "00:04:09\n");
        File.CreateSymbolicLink(FilePath, target);
        DuidChoice choice = _store.Choose(null, null, SomeMachineId, ScriptedEntropy.Middle());
        Assert.Equal(DuidOrigin.MachineId, choice.Origin);
        Assert.Contains("symbolic link", Assert.Single(choice.Warnings), StringComparison.Ordinal);
        Assert.Equal("00:04:09\n", File.ReadAllText(target));
    }

    private static Duid Parse(string text) => Duid.TryParse(text, out Duid? duid) ? duid : throw new FormatException(text);
}
