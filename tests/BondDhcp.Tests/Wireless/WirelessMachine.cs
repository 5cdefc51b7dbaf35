using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;

namespace BondDhcp.Tests.Wireless;

/// <summary>One boot for all scenarios with radios and network cards.</summary>
public sealed class WirelessMachine() : BedFixture(QemuFactAttribute.WhyNot, () => QemuMachine.RunAsync(
[
    .. WirelessBondTests.Scenarios, .. WirelessLinkTests.Scenarios, .. WirelessComponentTests.Scenarios, .. HotPlugTests.Scenarios,
    .. WiredAuthenticationTests.Scenarios, .. ColdStartTests.Scenarios,
]));

/// <summary>The classes that look at one boot; alone, because the machine takes both processors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WirelessCollection : ICollectionFixture<WirelessMachine>
{
    public const string Name = "wireless";
}
