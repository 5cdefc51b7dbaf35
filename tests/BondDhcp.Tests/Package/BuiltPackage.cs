using System.Diagnostics;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Package;

/// <summary>The package, made once from the program under test by <c>scripts/deb</c>, which fails at anything lintian finds.</summary>
public sealed class BuiltPackage : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TemporaryDirectory _directory = new();

    /// <summary>The file.</summary>
    public string Path { get; private set; } = "";

    /// <summary>What the script said.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Why there is none: only the published program can be packed. Null when there is.</summary>
    public static string? WhyNot { get; } =
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("BONDDHCP_BINARY")) ? "BONDDHCP_BINARY does not name the published file" : Beds.Scenarios.BedNeeds.WhyNot("dpkg-deb", "dpkg-shlibdeps", "lintian");

    public async Task InitializeAsync()
    {
        if (WhyNot is not null) return;
        ProgramResult made = await Programs.TryRunAsync(new ProcessStartInfo(System.IO.Path.Combine(SourceTree.Root, "scripts", "deb"), [_directory.Path]), patience: Patience);
        Said = made.ToString();
        Assert.True(made.ExitCode == 0, Said);
        Path = Assert.Single(Directory.GetFiles(_directory.Path, "*.deb"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    /// <summary>The same package under another version.</summary>
    public string WithVersion(string version)
    {
        string unpacked = System.IO.Path.Combine(_directory.Path, version), made = System.IO.Path.Combine(_directory.Path, $"bonddhcp_{version}.deb");
        Programs.Run("dpkg-deb", "--raw-extract", Path, unpacked);
        Programs.Run("sed", "-i", $"s/^Version: .*/Version: {version}/", System.IO.Path.Combine(unpacked, "DEBIAN", "control"));
        Programs.Run("dpkg-deb", "--root-owner-group", "-Zgzip", "--build", unpacked, made);
        return made;
    }

    /// <summary>What <c>dpkg-deb</c> says of it.</summary>
    public string Ask(params string[] question) => Programs.Run("dpkg-deb", [.. question, Path]);
}
