using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>
/// Programs that must not be installed where tests run, because they take over this machine's name resolution or interfaces: their
/// packages are unpacked beside the sources by <c>scripts/setup test</c>.
/// </summary>
public static class DebianPackage
{
    private static string PathOf(string package) => Path.Combine(SourceTree.Root, "artifacts", "packages", package);

    /// <summary>Why tests with it are skipped; null when they are not. Under CI they never are.</summary>
    public static string? WhyNot(string package) =>
        Environment.GetEnvironmentVariable("CI") is { Length: > 0 } || Directory.Exists(PathOf(package))
            ? null
            : $"no package {package}: scripts/setup test unpacks it where Debian's packages can be had";

    /// <summary>The root of what was unpacked.</summary>
    public static string Root(string package) =>
        Directory.Exists(PathOf(package)) ? PathOf(package) : throw new InvalidOperationException($"{package} is not unpacked: scripts/setup test");

    /// <summary>
    /// In <see cref="PrivateMounts.WithPrivateSystem"/>: a resolvconf with its <c>/etc</c> where it belongs, and with its
    /// programs, which it only reads, below <c>/run/package</c>. Gives the path of the program.
    /// </summary>
    public static string InstallResolvconf(string package)
    {
        const string root = "/run/package";
        PrivateNetwork.Command("cp", $"-a {Root(package)} {root}");
        PrivateNetwork.Command("cp", $"-a {root}/etc/. /etc");
        Directory.CreateDirectory("/run/resolvconf/interface");
        string[] scripts = [$"{root}/sbin/resolvconf", .. Directory.GetFiles($"{root}/lib/resolvconf"), .. Scripts("/etc/resolvconf/update.d")];
        foreach (string script in scripts)
            File.WriteAllText(script, File.ReadAllText(script).Replace("/lib/resolvconf", $"{root}/lib/resolvconf", StringComparison.Ordinal).Replace("/sbin/resolvconf", $"{root}/sbin/resolvconf", StringComparison.Ordinal));
        return $"{root}/sbin/resolvconf";
    }

    private static string[] Scripts(string directory) => Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
}

/// <summary>A fact that needs a package of <see cref="DebianPackage"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PackageFactAttribute : FactAttribute
{
    public PackageFactAttribute(string package) => Skip = DebianPackage.WhyNot(package);
}
