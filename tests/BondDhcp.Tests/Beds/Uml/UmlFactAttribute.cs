using BondDhcp.Tests.Beds.Scenarios;
using Xunit;

namespace BondDhcp.Tests.Beds.Uml;

/// <summary>A test of what happened in user-mode Linux; skipped, with the reason, on a machine that cannot run it.</summary>
public sealed class UmlFactAttribute : FactAttribute
{
    public UmlFactAttribute() => Skip = WhyNot;

    /// <inheritdoc cref="BedNeeds.WhyNot"/>
    public static string? WhyNot { get; } = BedNeeds.WhyNot("linux.uml", "unshare", "tcpdump", "dnsmasq", "busybox");
}
