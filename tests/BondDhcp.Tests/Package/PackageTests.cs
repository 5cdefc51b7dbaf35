using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Package;

/// <summary>What is in the package, and what it asks for.</summary>
[Collection(DebianCollection.Name)]
public sealed class PackageTests(BuiltPackage package)
{
    [BuiltPackageFact]
    public void Package_GivesLintianNothingToSay() => Assert.DoesNotContain(": bonddhcp: ", package.Said, StringComparison.Ordinal);

    [BuiltPackageFact]
    public void Version_IsTheProgramsOwn()
    {
        string version = Beds.Programs.Run(Beds.BondDhcpProcess.Binary, "--version").Trim().Split(' ')[^1];
        Assert.StartsWith($"{version}-", package.Ask("--field").Split('\n').Single(line => line.StartsWith("Version: ", StringComparison.Ordinal))["Version: ".Length..], StringComparison.Ordinal);
    }

    [BuiltPackageFact]
    public void Dependencies_AreOfTheProgramItself()
    {
        string depends = package.Ask("--field").Split('\n').Single(line => line.StartsWith("Depends: ", StringComparison.Ordinal));
        Assert.Matches(@"libc6 \(>= 2\.\d+\)", depends);
    }

    [BuiltPackageFact]
    public void Contents_AreWhereTheyAreLookedFor()
    {
        string[] files = [.. package.Ask("--contents").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[line.IndexOf(" ./", StringComparison.Ordinal)..].TrimStart(' ', '.'))];
        string[] wanted =
        [
            "/usr/sbin/bonddhcp", "/usr/lib/modprobe.d/bonddhcp.conf", "/usr/share/bonddhcp/dhclient-hooks", "/usr/share/man/man8/bonddhcp.8.gz",
            "/usr/share/man/man5/bonddhcp.toml.5.gz", "/usr/share/bash-completion/completions/bonddhcp", "/usr/share/zsh/vendor-completions/_bonddhcp",
            "/usr/share/fish/vendor_completions.d/bonddhcp.fish", "/usr/share/doc/bonddhcp/examples/bonddhcp.toml", "/usr/share/doc/bonddhcp/copyright",
        ];
        Assert.Empty(wanted.Except(files));
        foreach (string unit in Directory.GetFiles(Path.Combine(SourceTree.Root, "packaging", "systemd")))
            Assert.Contains(files, file => file.EndsWith("/" + Path.GetFileName(unit), StringComparison.Ordinal));
        // Nothing is configured by an installation.
        Assert.Equal(["/etc/", "/etc/bonddhcp/"], files.Where(file => file.StartsWith("/etc", StringComparison.Ordinal)));
    }

    private sealed class BuiltPackageFactAttribute : FactAttribute
    {
        public BuiltPackageFactAttribute() => Skip = BuiltPackage.WhyNot;
    }
}
