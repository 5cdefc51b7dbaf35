namespace BondDhcp.Tests.Kit;

/// <summary>Where the sources are that the tests were built from.</summary>
public static class SourceTree
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The captures of real servers, <c>pcaps/dhcpv4</c>.</summary>
    public static string Captures => Path.Combine(Root, "pcaps", "dhcpv4");

    /// <summary>The captures of real servers, <c>pcaps/dhcpv6</c>.</summary>
    public static string Captures6 => Path.Combine(Root, "pcaps", "dhcpv6");

    private static string Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "BondDhcp.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("The tests do not run inside the source tree.");
    }
}
