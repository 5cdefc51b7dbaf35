using BondDhcp.Host.Resolver;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Resolver;

/// <summary>resolv.conf, in a directory of the test's own.</summary>
public sealed class ResolvConfFileTests : IDisposable
{
    private const string Before = "# by hand\nnameserver 198.51.100.1\noptions rotate\n";

    private static readonly ResolverContent s_content = new("192.0.2.53 fe80::1%bond0", "example.org lab.example");
    private static readonly ResolverContent s_other = new("192.0.2.54", "");

    private readonly TemporaryDirectory _directory = new();
    private readonly string _path;
    private readonly string _state;

    public ResolvConfFileTests()
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "etc"));
        _path = Path.Combine(_directory.Path, "etc", "resolv.conf");
        _state = Path.Combine(_directory.Path, "state");
    }

    public void Dispose() => _directory.Dispose();

    private ResolvConfFile Open() => new(_path, _state);

    private string[] Lines => [.. File.ReadAllLines(_path).Where(line => !line.StartsWith('#'))];

    [Fact(DisplayName = "D12 dns = \"file\": replaced as a whole with a word on who did it, and put back as it was")]
    public void Put_ReplacesTheFile_AndTakeBackRestoresIt()
    {
        File.WriteAllText(_path, Before);
        ResolvConfFile file = Open();
        Assert.Null(file.Put(s_content));
        Assert.StartsWith("# Written by bonddhcp", File.ReadAllText(_path), StringComparison.Ordinal);
        Assert.Equal(["search example.org lab.example", "nameserver 192.0.2.53", "nameserver fe80::1%bond0"], Lines);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(_path));
        Assert.Null(file.Put(s_other));
        Assert.Equal(["nameserver 192.0.2.54"], Lines);
        Assert.Equal(["resolv.conf"], Directory.GetFileSystemEntries(Path.GetDirectoryName(_path)!).Select(Path.GetFileName));
        Assert.Null(file.TakeBack(out _));
        Assert.Equal(Before, File.ReadAllText(_path));
        Assert.False(file.IsTaken);
    }

    [Fact]
    public void Put_WhereThereWasNone_IsGoneAfterwards()
    {
        Assert.Null(Open().Put(s_content));
        Assert.True(Open().IsTaken);
        Assert.Null(Open().TakeBack(out _));
        Assert.False(File.Exists(_path));
    }

    [Fact(DisplayName = "A full state directory: the file stays as it was, because that could not be kept, and the words say so; it is written when there is room")]
    public void Put_OnAFullDisk_LeavesTheFileAndSaysWhy()
    {
        const int disk = 64 * 1024;
        File.WriteAllText(_path, Before);
        Directory.CreateDirectory(_state);
        PrivateMounts.WithTmpfs(_state, disk, () =>
        {
            string filler = Path.Combine(_state, "filler");
            File.WriteAllBytes(filler, new byte[disk]);
            string record = Path.Combine(_state, "resolv.conf.json");
            Assert.Equal(
                $"not written: what is in {_path} now could not be kept first ({record}: No space left on device); tried again, once a minute in the end",
                Open().Put(s_content));
            Assert.Equal(Before, File.ReadAllText(_path));
            File.Delete(filler);
            Assert.Null(Open().Put(s_content));

            string written = File.ReadAllText(_path);
            using (FileStream rest = new(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                try
                {
                    while (true) rest.Write(new byte[1024]);
                }
                catch (IOException)
                {
                    // Full again.
                }
            }
            Assert.StartsWith("not written: what goes into it could not be noted first (", Open().Put(s_other), StringComparison.Ordinal);
            Assert.Equal(written, File.ReadAllText(_path));
            File.Delete(filler);
            Assert.Null(Open().TakeBack(out _));
            Assert.Equal(Before, File.ReadAllText(_path));
        });
    }

    [Fact(DisplayName = "A file that is mounted by itself, as in containers, cannot be replaced: the words say what to do")]
    public void Put_OnAMountPoint_SaysWhatToDo()
    {
        File.WriteAllText(_path, Before);
        string other = Path.Combine(_directory.Path, "other");
        File.WriteAllText(other, Before);
        PrivateMounts.WithFile(other, _path, () =>
        {
            Assert.Equal(
                $"{_path}: Device or resource busy: it is mounted by itself, as in containers, and cannot be replaced; mount its directory instead, or say dns = false",
                Open().Put(s_content));
            Assert.Equal(Before, File.ReadAllText(_path));
            Assert.Null(Open().TakeBack(out _));
        });
        Assert.Equal(["resolv.conf"], Directory.GetFileSystemEntries(Path.GetDirectoryName(_path)!).Select(Path.GetFileName));
    }

    [Fact]
    public void TakeBack_OfWhatWasNeverTaken_TouchesNothing()
    {
        File.WriteAllText(_path, Before);
        Assert.Null(Open().TakeBack(out _));
        Assert.Equal(Before, File.ReadAllText(_path));
    }

    [Fact(DisplayName = "D12 a symbolic link is never written through, and is named with its target")]
    public void Put_OverALink_IsRefused()
    {
        string target = Path.Combine(_directory.Path, "stub-resolv.conf");
        File.WriteAllText(target, Before);
        File.CreateSymbolicLink(_path, target);
        string why = Open().Put(s_content)!;
        Assert.Equal($"{_path} is a symbolic link to {target}, and is left alone", why);
        Assert.Equal(Before, File.ReadAllText(target));
        Assert.Equal(target, new FileInfo(_path).LinkTarget);
        Assert.False(Open().IsTaken);
    }

    [Fact]
    public void Put_OverADirectory_IsRefused()
    {
        Directory.CreateDirectory(_path);
        Assert.EndsWith("is not a regular file, and is left alone", Open().Put(s_content), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "D12 what somebody else made of the file since is not overwritten, and not taken away either")]
    public void Put_AfterAnEdit_LeavesIt()
    {
        File.WriteAllText(_path, Before);
        ResolvConfFile file = Open();
        file.Put(s_content);
        Assert.True(file.IsAsWritten());
        File.AppendAllText(_path, "nameserver 203.0.113.1\n");
        string edited = File.ReadAllText(_path);
        Assert.False(file.IsAsWritten());
        Assert.EndsWith("was changed by somebody else and is left alone; 'bonddhcp reload' takes it again", file.Put(s_other), StringComparison.Ordinal);
        Assert.Equal(edited, File.ReadAllText(_path));
        Assert.Null(file.TakeBack(out _));
        Assert.Equal(edited, File.ReadAllText(_path));
        Assert.False(file.IsTaken);
    }

    [Fact]
    public void Reclaim_AfterAnEdit_TakesTheEditForWhatWasThereBefore()
    {
        File.WriteAllText(_path, Before);
        ResolvConfFile file = Open();
        file.Put(s_content);
        File.WriteAllText(_path, "nameserver 203.0.113.1\n");
        file.Reclaim();
        Assert.Null(file.Put(s_content));
        Assert.Contains("nameserver 192.0.2.53", Lines);
        file.TakeBack(out _);
        Assert.Equal("nameserver 203.0.113.1\n", File.ReadAllText(_path));
    }

    [Fact]
    public void Put_AfterARemoval_WritesItAgain()
    {
        File.WriteAllText(_path, Before);
        ResolvConfFile file = Open();
        file.Put(s_content);
        File.Delete(_path);
        Assert.False(file.IsAsWritten());
        Assert.Null(file.Put(s_content));
        file.TakeBack(out _);
        Assert.Equal(Before, File.ReadAllText(_path));
    }

    [Fact(DisplayName = "D12 the next run, in this boot or another, knows the file as ours, after a crash between record and file too")]
    public void Put_ByTheNextRun_GoesOn()
    {
        File.WriteAllText(_path, Before);
        Open().Put(s_content);
        string first = File.ReadAllText(_path);
        Assert.Null(Open().Put(s_other));
        // As if the machine had gone down when the record was written and the file was not.
        File.WriteAllText(_path, first);
        Assert.Null(Open().Put(s_content));
        Assert.Null(Open().TakeBack(out _));
        Assert.Equal(Before, File.ReadAllText(_path));

        Open().Put(s_content);
        File.WriteAllText(_path, Before);
        Assert.Null(Open().Put(s_content));
        Assert.Contains("nameserver 192.0.2.53", Lines);
    }

    [Theory(DisplayName = "D12 without the record of what was there before, ours stays: it is not taken for that, and no file at all would be worse")]
    [InlineData("{\"version\":1")]
    [InlineData(null)]
    public void TakeBack_WithoutTheRecord_LeavesOurs(string? record)
    {
        File.WriteAllText(_path, Before);
        Open().Put(s_content);
        string file = Path.Combine(_state, "resolv.conf.json");
        if (record is null) File.Delete(file);
        else File.WriteAllText(file, record);
        Assert.Null(Open().Put(s_other));
        string ours = File.ReadAllText(_path);
        // And so again by the run after this one.
        for (int run = 0; run < 2; run++)
        {
            Assert.Null(Open().Put(s_other));
            Assert.Null(Open().TakeBack(out string? left));
            Assert.Equal($"{_path} stays as bonddhcp wrote it: the record of what was there before was lost", left);
            Assert.Equal(ours, File.ReadAllText(_path));
        }
        Assert.Equal(record is not null, File.Exists(file + ".damaged-1"));
    }

    [Fact]
    public void Put_OnADiskThatTakesNothing_SaysSoAndLeavesTheOld() => PrivateMounts.WithTmpfs(Path.GetDirectoryName(_path)!, 64 * 1024, () =>
    {
        File.WriteAllText(_path, Before);
        PrivateMounts.MakeReadOnly(Path.GetDirectoryName(_path)!);
        Assert.Equal($"{_path}: Read-only file system", Open().Put(s_content));
        Assert.Equal(Before, File.ReadAllText(_path));
        // Nothing came of it: what was there is still what was there before.
        Assert.Null(Open().TakeBack(out _));
        Assert.Equal(Before, File.ReadAllText(_path));
    });
}
