using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;

namespace BondDhcp.Tests.Bonds;

/// <summary>One boot for all scenarios on the kernel's own bonding driver.</summary>
public sealed class BondMachine() : BedFixture(
    UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync([.. BondFailoverTests.Scenarios, .. BondStartTests.Scenarios, .. BondLinkTests.Scenarios]));

/// <summary>The classes that look at one boot.</summary>
[CollectionDefinition(Name)]
public sealed class BondCollection : ICollectionFixture<BondMachine>
{
    public const string Name = "bond";
}
