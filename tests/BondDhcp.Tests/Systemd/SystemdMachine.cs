using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;

namespace BondDhcp.Tests.Systemd;

/// <summary>One boot for all scenarios in which the daemon is a service of systemd's; they run one after the other.</summary>
public sealed class SystemdMachine() : BedFixture(QemuFactAttribute.WhyNot, () => QemuMachine.RunAsync(
    [.. SystemdServiceTests.Scenarios, .. ComponentUnitTests.Scenarios, .. SupplicantUnitTests.Scenarios], Seconds))
{
    /// <summary>Some 200 where nothing else runs.</summary>
    private const int Seconds = 600;
}

/// <summary>The classes that look at one boot; alone, because the machine takes both processors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SystemdCollection : ICollectionFixture<SystemdMachine>
{
    public const string Name = "systemd";
}
