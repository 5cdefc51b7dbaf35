using System.Collections.Immutable;
using System.Text;
using BondDhcp.Host.Import;
using BondDhcp.Host.Import.Running;
using BondDhcp.Net;
using BondDhcp.Tests.Kit;

namespace BondDhcp.Tests.Import;

/// <summary>The files of a system in a directory of a test's own, and what is imported from them.</summary>
internal sealed class SystemTree : IDisposable
{
    /// <summary>When all imports of the tests take place.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 26, 11, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    public string Root => _directory.Path;

    /// <summary>Writes a file; its directories are made.</summary>
    public SystemTree File(string path, string text) => File(path, Encoding.Latin1.GetBytes(text));

    /// <inheritdoc cref="File(string, string)"/>
    public SystemTree File(string path, byte[] octets)
    {
        System.IO.File.WriteAllBytes(Made(path), octets);
        return this;
    }

    /// <summary>A symbolic link, its target as it is written.</summary>
    public SystemTree Link(string path, string target)
    {
        System.IO.File.CreateSymbolicLink(Made(path), target);
        return this;
    }

    /// <summary>What is imported, with the hardware addresses that are given.</summary>
    public ImportOutcome Import(Dictionary<string, string>? macs = null, IReadOnlyList<DhclientProcess>? processes = null, params ImmutableArray<string> paths) => ImportOutcome.Of(
        new ImportRoot(Root), paths, processes ?? [], name => macs?.GetValueOrDefault(name) is { } mac ? MacAddress.Parse(mac) : null, Now);

    public void Dispose() => _directory.Dispose();

    private string Made(string path)
    {
        string full = Path.Join(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
